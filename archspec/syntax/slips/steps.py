"""Slips in flows and steps."""

from __future__ import annotations

import re

from archspec.layers import registry
from archspec.syntax.slips.place import ENDS, STEPS, Advice, Place, Repair, Slip, enclosed, extent, rewrite

_NAME = r"\b[A-Za-z_]\w*\b"


def _last_arrow(place: Place) -> Advice:
    """Leave out an arrow that nothing follows."""
    assert place.previous is not None
    return Repair(place.previous.span, "", "no step follows this `->`")


def _in_brackets(place: Place) -> Advice:
    """Put what follows the name of a step, `conv 64 3x3`, into brackets."""
    rest = re.split(r"->", place.after)[0]
    rest = rest[: extent(rest, "#;|")]
    if not place.name:
        return None
    arguments = ", ".join(part.strip() for part in re.split(r",\s*|\s+(?![^(]*\))", rest) if part)
    start = len(place.before.rstrip()) - len(place.name)
    return place.repair(start, place.at + len(rest), f"{place.name}({arguments})", "arguments stand in brackets")


def _round(place: Place) -> Advice:
    """Make square or pointed brackets round: `dense[3]`, `dense<3>`."""
    pointed = re.match(r"<([^<>]*)>", place.after)
    inner, length = (pointed[1], pointed.end()) if pointed else enclosed(place.after)
    if inner and not inner.startswith("|"):
        return place.repair(place.at, place.at + length, f"({inner})", "arguments stand in round brackets")
    return "branches stand in braces: `{ | … | … }`" if place.after[:1] == "[" else None


def _subscript(place: Place) -> Advice:
    """Tell of both that `x[0]` may be meant as, where that begins a flow and its name is not that of a layer."""
    inner, _ = enclosed(place.after)
    begins = re.search(rf"(?:^|[;{{|])\s*{place.name}\s*$", place.before)
    if not (begins and place.name and re.fullmatch(r"\w+", inner)) or place.name in registry.layer_names():
        return None
    step = f"{place.name}[{inner}]"
    return f"from a tensor a flow goes on with `from {step}`; arguments stand in round brackets"


def _called(place: Place) -> Advice:
    """Take the tensor out of `dense(3)(x)`."""
    found = re.search(r"(?:^|[;{|])\s*([A-Za-z_]\w*\s*\([^;{}|]*\))$", place.before)
    tensor = re.match(rf"\(\s*({_NAME})\s*\)", place.after)
    if tensor is None:
        return None
    end = place.at + tensor.end()
    if found is None or tensor[1] == "_":
        return place.repair(place.at, end, "", "a step takes the current tensor by itself")
    why = "a step takes the current tensor, or the one of `from`"
    return place.repair(found.start(1), end, f"from {tensor[1]} -> {found[1]}", why)


_ARROW = rewrite(r"[-=>~|.,]+(?=\s*[A-Za-z_(\"])", "->", "steps are joined with `->`")

SLIPS = (
    # `as x`
    Slip({"AS"}, {"LET"}, rewrite(r"as\b", "_ as", "`_` is the tensor before it")),
    # `conv -> -> bn`, `-> conv`, `input 8 -> conv`, `conv ->`
    Slip({"ARROW"}, {"REPEAT"}, rewrite(r"->", "", "one `->` is enough"), previous={"ARROW"}),
    Slip({"ARROW"}, {"LET"}, rewrite(r"->", "", "a flow begins with a step, and goes on from the tensor before it")),
    Slip({"ARROW"}, {"SEP", "RBRACE"}, rewrite(r"^\s*(?P<this>->)", "", "what stands before it is not a step")),
    Slip({"ARROW"}, {"SEP", "RBRACE"}, rewrite(r"\s*->", ";", "what stands before it is a statement of its own")),
    Slip(ENDS, {"REPEAT"}, _last_arrow, previous={"ARROW"}),
    Slip({"FROM"}, {"REPEAT"}, "`from` stands only at the beginning of a flow"),
    Slip({"SEP"}, {"NUMBER"}, "a line goes on inside brackets, or where it ends with `->`"),
    # `conv(8) x 3`, `conv(8) * 3 times`, `3 * conv(8)`
    Slip({"NAME", "POWER"}, {"ARROW"}, rewrite(r"(?:\b[xX]|\btimes\b|\*\*)(?=\s*\d)", "*", "to repeat a step")),
    Slip({"NAME"}, {"ARROW"}, rewrite(r"(?<=[\w)] )times\b", "")),
    Slip({"NUMBER"}, {"LET"}, rewrite(r"(\d+)\s*[*xX]\s*([^;#{}|>]*[^;#{}|>\s])", r"\2 * \1", "to repeat a step")),
    # `- conv(8)`, `1. conv(8)`, `|> conv(8)`
    Slip(
        {"MINUS", "STAR", "PLUS", "NUMBER", "VBAR", "MORETHAN"},
        {"LET", "SEP"},
        rewrite(
            r"^\s*(?P<this>(?:[-*+>]|\|>?|\d+[.)])\s+)(?=[A-Za-z(\"])", "", "each line goes on from the one before"
        ),
    ),
    # `conv(8) * n + 1`, `a + b`
    Slip(
        {"PLUS", "MINUS", "SLASH", "STAR"},
        {"ARROW"},
        rewrite(r"\*\s*(?P<this>\w+(?:\s*[-+*/]\s*\w+)+)", r"(\g<this>)", "a computed count stands in brackets"),
    ),
    Slip({"PLUS"}, {"ARROW"}, rewrite(rf"({_NAME})\s*\+\s*({_NAME})", r"add(\1, \2)", "tensors are merged by a step")),
    Slip({"PLUS"}, {"ARROW"}, "steps are merged by another: `add { | … | … }`"),
    # `dense(3)(x)`, `x[0]`, `dense[3]`, `dense 3`, `dense: 3`
    Slip({"LPAR"}, {"ARROW"}, _called, previous={"RPAR"}),
    Slip({"LSQB"}, {"ARROW"}, _subscript, previous={"NAME"}),
    Slip({"LSQB", "LESSTHAN"}, {"ARROW"}, _round, previous={"NAME"}),
    Slip({"NUMBER", "DIMS", "STRING", "SPELLED"}, {"ARROW"}, _in_brackets, previous={"NAME"}),
    Slip({"COLON"}, {"ARROW"}, rewrite(r"(\w+)\s*:\s*([^-#;|{}>]*[^-#;|{}>\s])", r"\1(\2)"), previous={"NAME"}),
    # `conv --> bn`, `conv | bn`. A branch may end at a bar, so that no arrow is accepted before it.
    Slip({"MINUS", "MORETHAN", "COMMA", "EQUAL", "DOT", "RANGE"}, {"ARROW"}, _ARROW),
    Slip({"VBAR"}, {"SEP"}, _ARROW, previous={"NAME", "RPAR"}),
    # `conv if a else bn`
    Slip(
        {"IF"},
        {"ARROW"},
        rewrite(r"([^;{}|#>]*[^;{}|#>\s])\s+if\s+(.+?)\s+else\s+([^;{}|#]*[^;{}|#\s])", r"if \2 { \1 } else { \3 }"),
    ),
    # `conv bn`
    Slip(STEPS, {"ARROW"}, rewrite(r"[A-Za-z_\"][\w\"]*", r"-> \g<0>", "steps are joined with `->`")),
)
