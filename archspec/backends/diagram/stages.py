"""The style `summary`: layers in a row become the stages that a talk or a paper shows, blocks stay closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from archspec.picture.cards import Card, Item, Line, Picture
from archspec.picture.style import TIMES
from archspec.picture.wording import amount

#: Layers that belong together, and those that join either.
_FEATURES = frozenset({"conv", "norm", "activation", "pool", "regularizer"})
_ANSWERS = frozenset({"dense", "reshape", "activation", "regularizer", "norm"})


def summarize(picture: Picture) -> Picture:
    """Return a picture whose layers in a row are one card a stage: as far as one resolution goes."""
    after, before = Counter[int](), Counter[int]()
    for line in picture.lines:
        after[line.source] += 1
        before[line.target] += 1
    joined = {
        (line.source, line.target) for line in picture.lines if after[line.source] == 1 and before[line.target] == 1
    }
    items: list[Item] = []
    stage: list[Card] = []
    homes: dict[int, int] = {}

    def close() -> None:
        if stage:
            homes.update((card.id, stage[0].id) for card in stage)
            items.append(_stage(stage) if len(stage) > 1 else stage[0])
            stage.clear()

    for item in picture.items:
        if not isinstance(item, Card) or item.form != "card" or item.times > 1 or item.shared:
            close()
            items.append(item)
            continue
        if stage and not ((stage[-1].id, item.id) in joined and _go_on(stage, item)):
            close()
        stage.append(item)
    close()
    summary = replace(picture, items=tuple(items), lines=tuple(_lines(picture.lines, homes)))
    used = {card.look for card, _ in summary.cards()}
    return replace(summary, looks=tuple(look for look in picture.looks if look in used))


def _go_on(stage: list[Card], card: Card) -> bool:
    """Tell whether a layer belongs to the stage before it: a pooling ends one, a stride begins one."""
    looks = {one.look for one in stage} | {card.look}
    if "dense" in looks or "reshape" in looks:
        return looks <= _ANSWERS
    return looks <= _FEATURES and stage[-1].look != "pool" and not (card.look == "conv" and "/" in card.detail)


def _stage(cards: list[Card]) -> Card:
    """Return the card of a stage: its most telling layers in the title, what else there is below."""
    look = next((name for name in ("conv", "dense") if any(card.look == name for card in cards)), cards[0].look)
    main = [card for card in cards if card.look == look]
    titles = list(dict.fromkeys(card.title for card in main))
    title = (f"{len(main)} {TIMES} " if len(main) > 1 and len(titles) == 1 else "") + ", ".join(titles)
    details = list(dict.fromkeys(card.detail for card in main if card.detail))
    rest = Counter(text for card in cards for text in (*([card.title] if card.look != look else []), *card.rows))
    params = sum(card.params for card in cards)
    return replace(
        main[0],
        id=cards[0].id,
        title=title,
        detail=" · ".join(details) if len(details) < 3 else "",
        rows=(", ".join(rest),) if rest else (),
        params=params,
        amount=amount(params),
        tooltip="\n\n".join(card.tooltip for card in cards),
        paths=tuple(path for card in cards for path in card.paths),
        leaves=sum(card.leaves for card in cards),
        mark=next((card.mark for card in cards if card.mark), ""),
        type=cards[-1].type,
    )


def _lines(lines: Iterable[Line], homes: dict[int, int]) -> Iterable[Line]:
    for line in lines:
        source, target = homes.get(line.source, line.source), homes.get(line.target, line.target)
        if source != target:
            yield replace(line, source=source, target=target)
