"""From the IR to a picture: walks the bodies, opens or folds blocks, and follows every tensor from card to card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, assert_never

from archspec.analysis.weights import Count, count_of, layer_weights
from archspec.backend import Checked
from archspec.diagnostics.source import Span
from archspec.ir.graph import AnyNode, BlockNode, Body, LayerNode, Port, RepeatNode, step_name
from archspec.picture import wording
from archspec.picture.cards import Card, Form, Frame, Item, Line, Mark, Picture
from archspec.picture.plan import MANY_CARDS, Group, NothingNamed, Planner, View
from archspec.picture.style import LOOKS, SIGNS
from archspec.record import Record, replace
from archspec.tensor import Shape, TensorType

#: What a view that says nothing shows.
EVERYTHING = View()


#: A picture that holds what is folded has no more cards than this.
MOST_WHOLE = 4000


def build_picture(checked: Checked, view: View = EVERYTHING, *, whole: bool = False) -> Picture:
    """Return the drawing of a model, as open as it can be and still be read: the first of `build_pictures`.

    With `whole` a folded block is a frame that is not shown, as long as the model is not too large for that.
    """
    return next(build_pictures(checked, view, whole=whole))


def build_pictures(checked: Checked, view: View = EVERYTHING, *, whole: bool = False) -> Iterator[Picture]:
    """Yield drawings of a model, each more folded than those before. Raises NothingNamed for a name that is not there.

    With a depth there is one. Without, a model starts folded if it is large: first the blocks that look like one shown
    before, then what is deeper than one level, then what is not repeated, then blocks in a row that differ in sizes
    only, then all blocks.
    """
    planner = Planner(checked.graph, view.fuse, view.alike, view.apart)
    _check_names(checked, planner, view)
    whole = whole and planner.count() <= MOST_WHOLE
    if view.depth is not None or planner.count() <= MANY_CARDS:
        yield _Builder(checked, planner, view, view.depth, once="", whole=whole).picture()
    if view.depth is not None:
        return
    seen: set[int] = set()
    steps: tuple[tuple[int | None, _Once], ...] = ((None, "first"), (1, "first"), (1, "repeated"))
    for alike in (view.alike, True):
        planner = Planner(checked.graph, view.fuse, alike)
        for depth, once in steps:
            builder = _Builder(checked, planner, view, depth, once=once)
            picture = builder.picture()
            # Where there is no block to open, folding makes it no smaller.
            small = builder.visible() <= MANY_CARDS or not builder.opened
            if small and builder.visible() not in seen and (builder.opened or once == "first"):
                yield _Builder(checked, planner, view, depth, once=once, whole=True).picture() if whole else picture
                seen.add(builder.visible())
    folded = _Builder(checked, planner, view, 0, once="", whole=whole)
    picture = folded.picture()
    if whole or folded.visible() not in seen:
        yield picture


def _check_names(checked: Checked, planner: Planner, view: View) -> None:
    wanted = view.expand | view.highlight
    if not wanted:
        return
    body = checked.graph.body
    known = planner.names_in(body) | {port.name for port in (*body.inputs, *body.outputs)}
    for name in sorted(wanted - known):
        steps = name.strip("/").split("/")
        if len(steps) < 2 or any(step not in known for step in steps if not step.rpartition("_")[2].isdigit()):
            raise NothingNamed(f"no layer or block of this model is called `{name}`")


class _Source(Record):
    """Where a tensor comes from: a card, which of its results, and whether its shape has been told on the way."""

    card: int
    result: int
    type: TensorType
    told: bool


class _Scope(Record):
    """Where the walk is. `reused`: the weights here were counted with an earlier use; `shown`: it is to be seen."""

    prefix: str = ""
    loops: tuple[int, ...] = ()
    level: int = 0
    reused: bool = False
    shown: bool = True


#: Which blocks are opened: all, of those that look the same the first, or that if it is repeated.
_Once = Literal["", "first", "repeated"]
#: The tensors of one body and where they come from.
_Sources = dict[int, _Source]


class _Wire:
    """A line in the making; `names` are the inputs of the target that it reaches."""

    def __init__(self, source: _Source, target: int) -> None:
        self.source, self.target = source, target
        self.names: list[str] = []
        self.inputs: list[int] = []
        self.shape = ""


class _Builder:
    def __init__(
        self, checked: Checked, planner: Planner, view: View, depth: int | None, *, once: _Once, whole: bool = False
    ) -> None:
        self._graph, self._figures = checked.graph, checked.figures
        self._planner, self._view, self._depth = planner, view, depth
        #: Which of blocks that look the same are opened, and what such blocks have been.
        self._once, self._whole = once, whole
        self._shown: set[int] = set()
        #: How many blocks are open.
        self.opened = 0
        self._cards: list[Card] = []
        self._levels: list[int] = []
        self._wires: dict[tuple[int, int, int], _Wire] = {}
        self._told: set[tuple[int, int]] = set()
        self._shared: set[str] = set()
        self._loop_shared: dict[str, dict[str, int]] = {}

    def picture(self) -> Picture:
        graph = self._graph
        body = graph.body
        items: list[Item] = []
        sources: _Sources = {}
        for port in body.inputs:
            items.append(card := self._port(port, "input"))
            sources[port.value] = _Source(card.id, 0, port.type, told=True)
        items += self._body(body, _Scope(), sources)
        for port in body.outputs:
            items.append(card := self._port(port, "output"))
            self._wire(sources[port.value], card)
        used = {card.look for card in self._cards}
        return Picture(
            graph.name,
            self._subtitle(),
            graph.doc,
            tuple(items),
            tuple(self._lines()),
            tuple(look for look in LOOKS if look in used and look != "block"),
        )

    def visible(self) -> int:
        """Return how many cards there are, the titles of frames among them, but for inputs and outputs."""
        return sum(card.form != "port" for card in self._cards)

    def _opens(self, path: str, node: BlockNode, inner: Body, times: int, scope: _Scope) -> bool:
        """Tell whether a block is drawn open."""
        if self._view.only is not None:
            return path in self._view.only
        for name in self._view.expand:
            if name in self._planner.names_of(node) | self._planner.names_in(inner) or f"{name}/".startswith(
                f"{path}/"
            ):
                return True
        if self._depth is not None and scope.level >= self._depth:
            return False
        if self._once == "repeated" and times == 1:
            return False
        if self._once:
            structure = self._planner.structure(inner)
            if structure in self._shown:
                return False
            self._shown.add(structure)
        return True

    def _mark(self, nodes: Iterable[AnyNode], paths: tuple[str, ...], inner: Body | None = None) -> Mark:
        """Return how the card of these layers, or of this folded block, stands out."""
        if not self._view.highlight:
            return ""
        names = set(self._planner.names_in(inner)) if inner is not None else set()
        names.update(*(self._planner.names_of(node) for node in nodes))
        for name in self._view.highlight:
            inside = any(path.endswith("/") and name.startswith(path) for path in paths)
            if name in names or inside or any(path.rstrip("/") == name for path in paths):
                return "highlight"
        return ""

    def _line(self, span: Span) -> int:
        return span.line if span.file == self._graph.file else 0

    def _subtitle(self) -> str:
        body, figures = self._graph.body, self._figures
        parts = [f"{wording.amount(figures.weights[body.key].total) or 0} params"]
        if macs := wording.amount(figures.macs[body.key]):
            parts.append(f"{macs} MACs")
        ends = [wording.types_text(port.type for port in ports) for ports in (body.inputs, body.outputs)]
        return " · ".join([*parts, " → ".join(ends)])

    # --- cards -----------------------------------------------------------------------------------------------------

    def _card(
        self,
        form: Form,
        look: str,
        title: str,
        detail: str = "",
        *,
        params: int = 0,
        type: TensorType | None = None,
        rows: tuple[str, ...] = (),
        tooltip: str = "",
        times: int = 1,
        shared: bool = False,
        ports: tuple[str, ...] = (),
        paths: tuple[str, ...] = (),
        leaves: int = 0,
        span: Span | None = None,
        mark: Mark = "",
    ) -> Card:
        card = Card(
            len(self._cards),
            form,
            look,
            title,
            detail,
            wording.amount(params),
            rows,
            tooltip,
            times,
            shared,
            ports,
            paths,
            leaves,
            self._line(span) if span else 0,
            mark,
            params,
            type,
        )
        self._cards.append(card)
        self._levels.append(0)
        return card

    def _port(self, port: Port, fallback: str) -> Card:
        text = wording.type_text(port.type)
        tooltip = f"{fallback} `{port.name}`\n{text}" if port.name else f"{fallback}\n{text}"
        mark: Mark = "highlight" if port.name in self._view.highlight else ""
        return self._card("port", "io", port.name or fallback, text, tooltip=tooltip, mark=mark, type=port.type)

    def _body(self, body: Body, scope: _Scope, sources: _Sources) -> list[Item]:
        """Draw a body whose inputs come from `sources`, and enter there where its other values come from."""
        return [self._group(group, 1, body, scope, sources) for group in self._planner.groups(body)]

    def _group(self, group: Group, times: int, body: Body, scope: _Scope, sources: _Sources) -> Item:
        first = group.nodes[0]
        times *= group.times
        match first:
            case LayerNode():
                return self._layers(group, times, body, scope, sources)
            case BlockNode():
                blocks = [node for node in group.nodes if isinstance(node, BlockNode)]
                item = self._blocks(blocks, times, scope, sources)
            case RepeatNode():
                item = self._repeat(first, times, scope, sources)
            case _:
                assert_never(first)
        for start, end in zip(first.outputs, group.nodes[-1].outputs, strict=True):
            source = sources[start.value]
            told = source.told and end.type.shape == source.type.shape
            sources[end.value] = replace(source, type=end.type, told=told)
        return item

    def _layers(self, group: Group, times: int, body: Body, scope: _Scope, sources: _Sources) -> Card:
        nodes = [node for node in group.nodes if isinstance(node, LayerNode)]
        host, end = nodes[0], nodes[-1]
        types = body.types
        paths, tooltip, rows = [], [], []
        total = 0
        for node in nodes:
            path = self._path(node.name, node.index, node.shared, scope)
            inputs = tuple(types[value] for value in node.inputs)
            count = count_of(layer_weights(node.layer, inputs))
            if not (self._again(path, node.shared) or scope.reused):
                total += count.total if node.shared else count.total * times
            paths.append(path)
            tooltip.append("\n".join(wording.layer_tooltip(node, path, inputs)))
            rows += [wording.layer_title(node.layer)] if node is not host else []
            rows += [word] if (word := wording.layer_activation(node.layer)) else []
        inputs = tuple(types[value] for value in host.inputs)
        lengths = wording.joined_lengths(inputs, host.outputs[0].type) if host.layer.category == "merge" else ""
        sign = SIGNS.get(host.layer.kind) if times == 1 and not host.shared and len(host.inputs) <= 3 else None
        merges = host.layer.category == "merge"
        card = self._card(
            "bar" if lengths or (merges and not sign) else "sign" if sign else "card",
            host.layer.category,
            sign if sign and not lengths else wording.layer_title(host.layer),
            lengths or wording.layer_detail(host.layer, inputs),
            params=total,
            type=end.outputs[0].type,
            rows=(", ".join(rows),) if rows else (),
            tooltip="\n\n".join(tooltip),
            times=times,
            shared=host.shared,
            paths=tuple(paths),
            leaves=len(nodes),
            span=host.span,
            mark=self._mark(nodes, tuple(paths)),
        )
        named = len(host.inputs) > 1 and host.layer.takes.how != "list"
        names = host.layer.takes.names
        ends = [(value, names[i] if named and i < len(names) else "") for i, value in enumerate(host.inputs)]
        ends += [(value, name) for name, values in host.keywords for value in values]
        # A free weight takes nothing of what stands before it but the batch size.
        told = self._enter(card, ends if host.layer.reads_inputs else [], sources)
        for result, port in enumerate(end.outputs):
            sources[port.value] = _Source(card.id, result, port.type, told=port.type.shape in told)
        return card

    # --- blocks and repetitions ------------------------------------------------------------------------------------

    def _blocks(self, nodes: Sequence[BlockNode], times: int, scope: _Scope, sources: _Sources) -> Item:
        """Draw blocks in a row as the first of them; what they have in all is told of it."""
        node = nodes[0]
        inner = self._graph.bodies[node.body]
        definition = self._graph.definitions[inner.definition]
        path = self._path(node.name, node.index, node.shared, scope)
        reused = scope.reused or self._again(path, node.shared)
        count, layers = self._figures.weights[inner.key], self._figures.layers[inner.key]
        counts = [self._figures.weights[one.body] for one in nodes]
        total = count if node.shared else sum(counts, Count()) * (times // len(nodes))
        macs = self._figures.macs[inner.key]
        tooltip = "\n".join(wording.block_tooltip(definition, inner, path, count, macs, layers))
        params = 0 if reused else total.total
        # Of sizes that grow from block to block the first and the last tell enough.
        detail = wording.block_detail(definition, inner, self._graph.bodies[nodes[-1].body])
        paths = tuple(self._path(one.name, one.index, one.shared, scope) for one in nodes)
        names = [port.name for port in inner.inputs]
        opens = scope.shown and self._opens(path, node, inner, times, scope)
        if not opens and not self._whole:
            card = self._card(
                "fold",
                "block",
                definition.name,
                detail,
                params=params,
                type=nodes[-1].outputs[0].type,
                rows=(f"{layers:,} layer{'s' * (layers != 1)}",) if layers else (),
                tooltip=tooltip,
                times=times,
                shared=node.shared,
                paths=(path + "/",),
                leaves=layers or 0,
                span=node.span,
                mark=self._mark(nodes, tuple(f"{one}/" for one in paths), inner),
            )
            told = self._enter(card, list(zip(node.inputs, names, strict=True)), sources)
            for result, port in enumerate(node.outputs):
                sources[port.value] = _Source(card.id, result, port.type, told=port.type.shape in told)
            return card
        ports = tuple(names) if len(names) > 1 else ()
        strip = self._card(
            "strip",
            "block",
            definition.name,
            detail,
            params=params,
            type=nodes[-1].outputs[0].type,
            tooltip=tooltip,
            times=times,
            shared=node.shared,
            ports=ports,
            span=node.span,
            mark=self._mark(nodes, paths),
        )
        self.opened += 1
        within = _Scope(f"{path}/", (), scope.level + 1, reused, opens)
        return self._open(strip, node, inner, within, sources)

    def _repeat(self, node: RepeatNode, times: int, scope: _Scope, sources: _Sources) -> Item:
        inner = self._graph.bodies[node.body]
        times *= node.count
        within = replace(scope, loops=(*scope.loops, *node.index, node.start))
        groups = self._planner.groups(inner)
        if len(groups) == 1:
            # One thing repeated bears the badge itself.
            local = {port.value: sources[value] for port, value in zip(inner.inputs, node.inputs, strict=True)}
            item = self._group(groups[0], times, inner, within, local)
            for port, end in zip(node.outputs, inner.outputs, strict=True):
                sources[port.value] = local[end.value]
            return item
        names = [port.name for port in inner.inputs]
        params = 0 if scope.reused else self._repeated(inner, times).total
        tooltip = f"{times:,} equal iterations\n{wording.place(node.span)}"
        ports = tuple(names) if len(names) > 1 else ()
        strip = self._card(
            "strip", "block", "repeat", params=params, tooltip=tooltip, times=times, ports=ports, span=node.span
        )
        return self._open(strip, node, inner, within, sources)

    def _enter(self, card: Card, ends: list[tuple[int, str]], sources: _Sources) -> set[Shape]:
        """Lead values to a card, named where there are several. Returns the shapes that have been told by then."""
        told: set[Shape] = set()
        for position, (value, name) in enumerate(ends):
            if self._wire(sources[value], card, name if len(ends) > 1 else "", position):
                told.add(sources[value].type.shape)
        return told

    def _open(self, strip: Card, node: BlockNode | RepeatNode, inner: Body, scope: _Scope, sources: _Sources) -> Frame:
        """Draw the body of a block or repetition in a frame; its tensors come in through the strip."""
        names = [port.name for port in inner.inputs]
        told = self._enter(strip, list(zip(node.inputs, names, strict=True)), sources)
        local = {
            port.value: _Source(strip.id, position, port.type, told=port.type.shape in told)
            for position, port in enumerate(inner.inputs)
        }
        items = self._body(inner, scope, local)
        before = {port.type.shape for port in inner.inputs}
        for port, end in zip(node.outputs, inner.outputs, strict=True):
            # A shape that a block changed is told once more where it leaves: blocks are read from the outside, too.
            sources[port.value] = replace(local[end.value], told=local[end.value].told and port.type.shape in before)
        return Frame(strip, tuple(items), strip.times, scope.shown)

    def _repeated(self, iteration: Body, times: int) -> Count:
        """Return the parameters of `times` iterations: shared steps inside are one, however often they run."""
        shared = sum(self._shared_steps(iteration).values())
        return Count(shared) + Count(self._figures.weights[iteration.key].total - shared) * times

    def _shared_steps(self, iteration: Body) -> dict[str, int]:
        """Return the parameters of the shared steps that an iteration uses, by name."""
        if iteration.key not in self._loop_shared:
            types = iteration.types
            found: dict[str, int] = {}
            for node in iteration.nodes:
                if isinstance(node, RepeatNode):
                    found.update(self._shared_steps(self._graph.bodies[node.body]))
                elif node.shared and isinstance(node, BlockNode):
                    found[node.name] = self._figures.weights[node.body].total
                elif node.shared and isinstance(node, LayerNode):
                    found[node.name] = count_of(layer_weights(node.layer, tuple(types[v] for v in node.inputs))).total
            self._loop_shared[iteration.key] = found
        return self._loop_shared[iteration.key]

    # --- names and lines -------------------------------------------------------------------------------------------

    def _path(self, name: str, index: tuple[int, ...], shared: bool, scope: _Scope) -> str:
        return scope.prefix + step_name(name, () if shared else scope.loops + index)

    def _again(self, path: str, shared: bool) -> bool:
        """Tell whether a shared step came before."""
        if not shared:
            return False
        again = path in self._shared
        self._shared.add(path)
        return again

    def _wire(self, source: _Source, target: Card, name: str = "", position: int = 0) -> bool:
        """Lead a tensor to a card. Returns whether its shape has been told by then."""
        start = source.card, source.result
        wire = self._wires.setdefault((*start, target.id), _Wire(source, target.id))
        wire.inputs.append(position)
        self._levels[target.id] = max(self._levels[target.id], self._levels[source.card] + 1)
        if name and name not in wire.names:
            wire.names.append(name)
        # A port says its shape itself, and what a merge takes is clear from what it makes.
        if not source.told and start not in self._told and target.form not in ("port", "sign", "bar"):
            wire.shape = wording.shape_text(source.type)
            self._told.add(start)
        return source.told or start in self._told

    def _lines(self) -> list[Line]:
        readers, writers = Counter[int](), Counter[int]()
        for card, _, target in self._wires:
            readers[card] += 1
            writers[target] += 1
        lines: list[Line] = []
        seen: set[int] = set()
        for (card, result, target), wire in self._wires.items():
            source, end = self._cards[card], self._cards[target]
            through = source.form == "strip"
            words = [f"[{result}]"] if result and not through else []
            words += [", ".join(wire.names)] if wire.names else []
            near = self._levels[target] - self._levels[card] == 1
            # Beside one other way the first goes straight on; more than two spread evenly.
            first = card not in seen and -target - 1 not in seen and readers[card] <= 2 and writers[target] <= 2
            seen.update((card, -target - 1))
            lines.append(
                Line(
                    card,
                    target,
                    result,
                    result if through and source.ports else None,
                    tuple(wire.inputs),
                    " ".join(words),
                    wire.shape,
                    f"{source.title} → {end.title}\n{wording.type_text(wire.source.type)}",
                    pull="straight" if near and first else "near" if near else "free",
                    skip=not near and end.look == "merge" and readers[card] > 1,
                )
            )
        return lines
