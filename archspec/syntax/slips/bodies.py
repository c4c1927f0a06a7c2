"""Slips in headers, bodies and branches."""

from __future__ import annotations

import re

from archspec.layers import registry
from archspec.syntax.slips.place import STEPS, VALUES, Advice, Place, Slip, enclosed, extent, rewrite
from archspec.syntax.token import shown

#: How a flow begins, as opposed to what else may stand before a `{`.
_STEP = re.compile(r"\(|\"|[A-Za-z_][\w.]*\s*(?:\(|->|\*|;|\{\s*\||$)")


def _parameters(place: Place) -> Advice:
    """Put the parameters of a header, `block f[n]` or `block f n`, into round brackets."""
    found = re.match(r"\[([^\[\]{}]*)\]|(\w+(?:[\s,]+\w+)*)(?=\s*\{)", place.after)
    if not re.search(r"\b(?:block|model)\s+\w+\s*$", place.before) or found is None:
        return None
    names = ", ".join(re.findall(r"\w+", found[0]))
    return place.repair(place.at, place.at + found.end(), f"({names})", "parameters stand in round brackets")


def _variant(place: Place) -> Advice:
    """Write the model that another is a variant of behind `=`: `model a: b(3)`."""
    named = re.search(r"\bmodel\s+(\w+)\s*$", place.before)
    base = re.match(r":\s*(([A-Za-z_]\w*)\s*\([^{}#]*\))\s*(?:#|$)", place.after)
    if named is None or base is None or base[2] in registry.layer_names():
        return None
    return place.repair(named.start(), place.at + base.end(1), f"model {named[1]} = {base[1]}")


def _body(place: Place) -> Advice:
    """Put what follows a header into braces."""
    header = re.search(r"\b((?:repeat|for|if|else|block|model)\b[^{}]*)$", place.before)
    if header is None:
        return None
    sign = re.match(r"(?::|=(?!=)|->|(?:then|do|times)\b)\s*", place.after)
    start = place.at + (sign.end() if sign else 0)
    rest = place.line[start:]
    if sign and rest.startswith("{"):
        return place.repair(place.at, start, "")
    body = rest[: extent(rest)]
    why = "a body stands in braces"
    if body and not _STEP.match(body):
        return None
    if not body:
        return f"{why}: `{shown(header[1].strip())} {{ … }}`"
    both = re.fullmatch(r"([^{}]*\S)\s+else:?\s+([^{}]*)", body) if header[1].startswith("if") else None
    inner, length = enclosed(body) if body.startswith("(") else ("", 0)
    written = f"{both[1]} }} else {{ {both[2]}" if both else inner if length == len(body) else body
    return place.repair(place.at, start + len(body), f"{{ {written} }}", why)


def _arguments(place: Place) -> Advice:
    """Make the braces round in `dense{3}` and `dense{units=3}`."""
    at = len(place.before.rstrip()) - 1
    inner, length = enclosed(place.line[at:])
    if not re.match(r"[\d.]|\w+\s*=|\"", inner):
        return None
    return place.repair(at, at + length, f"({inner})", "arguments stand in round brackets")


def _counted(found: re.Match[str]) -> str:
    last = str(int(found[3]) + 1) if found[3].isdigit() else f"{found[3]} + 1"
    return f"for {found[1]} in {found[2]}..{last}"


def _listed(found: re.Match[str]) -> str:
    return f"[{', '.join(found['this'].replace(',', ' ').split())}]"


_COUNT = rewrite(r"\bfor\s+(\w+)\s*(?:=|from)\s*(\w+)\s*(?:to|,|:|\.\.)\s*(\w+)", _counted)

SLIPS = (
    # `block f[n] {`, `block f n {`
    Slip({"LSQB", "NAME"}, {"LBRACE"}, _parameters, previous={"NAME"}),
    # `model my-net {`, `model "net" {`, `model net = {`
    Slip(
        {"MINUS"},
        {"LBRACE"},
        rewrite(
            r"\b(?:block|model)\s+(?P<this>\w+(?:-\w+)+)",
            lambda found: found["this"].replace("-", "_"),
            "names are made of letters, digits and `_`",
        ),
    ),
    Slip({"STRING"}, {"NAME"}, rewrite(r"\"([A-Za-z_]\w*)\"", r"\1"), previous={"BLOCK", "MODEL"}),
    Slip({"LBRACE"}, {"NAME"}, rewrite(r"=\s*(?=\{)", ""), previous={"EQUAL"}),
    # `for (int i = 0; i < n; i++) {`, `for (i in list) {`, `for i, x in list {`, `for i = 1 to n {`
    Slip(
        {"NAME", "EQUAL"},
        {"COMMA"},
        rewrite(r"\bfor\s*\(\s*(?:\w+\s+)?(\w+)\s*=\s*(\w+)\s*;\s*\1\s*<\s*(\w+)[^)]*\)", r"for \1 in \2..\3"),
    ),
    Slip({"IN"}, {"COMMA"}, rewrite(r"\bfor\s*\((\s*\w+\s+in\b[^{}]*)\)(?=\s*\{)", r"for \1")),
    Slip({"COMMA"}, {"IN"}, rewrite(r"\bfor\s+(?P<this>\w+(?:\s*,\s*\w+)+)(?=\s+in\b)", r"(\g<this>)")),
    Slip({"EQUAL"}, {"IN"}, _COUNT),
    Slip({"FROM"}, {"IN"}, _COUNT),
    # `for each x in list {`, `for x of list {`, `for x in 1, 2 {`, `for x in 0:2 {`
    Slip({"NAME"}, {"IN"}, rewrite(r"\bfor\s+(?P<this>each\s+)\w+", "")),
    Slip({"NAME"}, {"IN"}, rewrite(r"\bfor\s+\w+\s+(?P<this>of)\b", "in")),
    Slip(
        {"COMMA", "NUMBER", "NAME"},
        {"LBRACE"},
        rewrite(r"\bin\s+(?P<this>[\w.]+(?:\s*,\s*[\w.]+|\s+\d+)+)(?=\s*\{)", _listed, "a list stands in brackets"),
    ),
    Slip({"COLON"}, {"LBRACE"}, rewrite(r"\bin\s+(?P<this>(\w+)\s*:\s*(\w+))(?=\s*\{)", r"\2..\3")),
    # `if n is 8 {`
    Slip({"NAME"}, {"LBRACE"}, rewrite(r"\bis\b", "==", "to compare")),
    # `repeat {`
    Slip({"LBRACE"}, {"NUMBER"}, "a count says how often: `repeat 3 { … }`", previous={"REPEAT"}),
    # `add { | conv | }`, `add(| conv | skip)`, `add { conv | skip }`, `dense{3}`
    Slip({"VBAR", "RBRACE"}, {"LET"}, "a branch that changes nothing is written `skip`", previous={"VBAR"}),
    Slip({"VBAR"}, {"NUMBER"}, "branches stand in braces: `concat { | … | … }`", previous={"LPAR"}),
    Slip(VALUES, {"VBAR"}, _arguments, previous={"LBRACE"}),
    Slip(STEPS, {"VBAR"}, "each branch begins with `|`", previous={"LBRACE"}),
    # `model a: b(3)`
    Slip({"COLON"}, {"LBRACE"}, _variant),
    # `repeat 3: conv`, `repeat 3 conv`, `block f = conv`
    Slip(frozenset(), {"LBRACE"}, _body),
)
