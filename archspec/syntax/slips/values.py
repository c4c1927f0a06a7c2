"""Slips in names, values and arguments."""

from __future__ import annotations

import re

from archspec.syntax.slips.place import VALUES, Advice, Place, Repair, Slip, extent, rewrite
from archspec.syntax.token import END

_COMPARISONS = {"EQUALS", "UNEQUAL", "LESSTHAN", "AT_MOST", "MORETHAN", "AT_LEAST", "IN"}


def _assignment(place: Place) -> Advice:
    """Turn `x = dense(3)(x)` into a step with a name, and `n = 3` into a value."""
    found = re.search(r"(?:^|[;{|])\s*(\w+)\s*$", place.before)
    value = place.after[1:]
    value = value[: extent(value, "#;")]
    if found is None or not value.strip():
        return None
    start, end, name, value = found.start(1), place.at + 1 + len(value), found[1], value.strip()
    if given := re.fullmatch(r"input\b\s*(?:\(\s*([\w?]+)\s*\)|(\([\w?, ]+\)|[\w?]+))", value):
        return place.repair(start, end, f"input {name}: {given[1] or given[2]}", "an input is a statement")
    if re.match(r"(?:input|output)\b", value):
        return None
    if not re.match(r"[A-Za-z_][\w.]*\s*(?:\(|$|->)", value) or value in ("true", "false", "none"):
        return place.repair(start, end, f"let {name} = {value}", "a value is named with `let`")
    called = re.fullmatch(r"([A-Za-z_]\w*\s*\(.*\))\s*\(\s*(\w+)\s*\)", value)
    flow = called[1] if called else value
    if called and called[2] not in (name, "_"):
        flow = f"from {called[2]} -> {flow}"
    return place.repair(start, end, f"{flow} as {name}", "a tensor is named with `as`")


def _conditional(place: Place) -> Advice:
    """Turn `a ? b : c` round."""
    test = re.search(r"[^=(,\[{]+$", place.before)
    found = re.match(r"\?\s*([^?:#]+?)\s*:\s*", place.after)
    if test is None or found is None:
        return None
    orelse = place.after[found.end() :]
    orelse = orelse[: extent(orelse, "#,;")]
    start = place.at - len(test[0].lstrip())
    end = place.at + found.end() + len(orelse)
    return place.repair(start, end, f"{found[1]} if {test[0].strip()} else {orelse}") if orelse else None


def _named_argument(place: Place) -> Advice:
    """Write an argument's name with `=`; leave out the type of a parameter."""
    if re.search(r"\b(?:block|model)\s+\w+\s*\([^()]*$", place.before):
        annotation = re.match(r":\s*[\w.]+(?:\[[\w, ]*\])?", place.after)
        return annotation and place.repair(place.at, place.at + annotation.end(), "", "parameters have no types")
    value = place.after[1:]
    value = value[: extent(value, "#,")]
    start, end = len(place.before.rstrip()) - len(place.name), place.at + 1 + len(value)
    if not place.name or not value.strip():
        return None
    return place.repair(start, end, f"{place.name}={value.strip()}", "an argument is named with `=`")


def _comma(place: Place) -> Advice:
    return Repair(place.token.span, f", {place.token.text}", "a comma stands between them")


def _percent(found: re.Match[str]) -> str:
    return f"{float(found[1]) / 100:g}"


def _own_name(found: re.Match[str]) -> str:
    """Return the name of a class as it is here: `he_normal` for `HeNormal`, `leaky_relu` for `LeakyReLU`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z][a-z])", "_", found[1]).lower()


def _listed(found: re.Match[str]) -> str:
    return ", ".join(found["this"].split())


SLIPS = (
    # `a || b`. A bar may end more than its line, so that no operator is accepted before it.
    Slip({"VBAR"}, {"SEP", "LBRACE", "COMMA", "RPAR"}, rewrite(r"\|\|", "or")),
    # `let n 3`, `shared f dense(3)`
    Slip(
        {"NAME", "NUMBER"},
        {"EQUAL"},
        rewrite(r"\b(?:let|shared)\s+\w+\s+(?P<this>\w+)", r"= \g<this>"),
        previous={"NAME"},
    ),
    # `split(2) as a, b`, `a, b = split(2)`
    Slip({"COMMA"}, {"ARROW"}, rewrite(r"\bas\s+(?P<this>\w+(?:\s*,\s*\w+)+)", r"(\g<this>)")),
    Slip(
        {"COMMA"},
        {"ARROW"},
        rewrite(
            r"^\s*(?P<this>\(?(\w+(?:\s*,\s*\w+)+)\)?\s*=\s*([^#;]*[^#;\s]))",
            r"\3 as (\2)",
            "tensors are named with `as`",
        ),
    ),
    # `from a as b`, `from a b`
    Slip({"AS"}, {"COMMA"}, rewrite(r"\bfrom\s+(\S+)\s+as\s+(\w+)", r"from \1 -> _ as \2")),
    Slip({"NAME"}, {"COMMA"}, rewrite(r"\bfrom\s+(?P<this>\w+(?:\s+\w+)+)", _listed)),
    # `g[i, j]`
    Slip({"COMMA"}, {"RSQB"}, rewrite(r"(\w+)\[([^\[\],]+),\s*([^\[\],]+)\]", r"\1[\2][\3]")),
    # `n += 1`, `n = 1`, `x = dense(3)`
    Slip(
        {"PLUS", "MINUS", "STAR", "SLASH"},
        {"ARROW", "NUMBER"},
        rewrite(r"^\s*(?P<this>(\w+)\s*([-+*/])=\s*([^#;]*[^#;\s]))", r"let \2 = \2 \3 \4"),
    ),
    Slip({"EQUAL"}, {"ARROW"}, _assignment),
    Slip({"EQUAL"}, {"ARROW"}, "to name a value, write `let … = …`; to name a tensor, `… as …`"),
    # `let f(x) = x`
    Slip({"LPAR"}, {"EQUAL"}, "a value has no parameters; a block has: `block name(parameters) { … }`"),
    # `activation=nn.ReLU()`
    Slip(
        {"LPAR"},
        {"COMMA"},
        rewrite(r"\b(?:[A-Za-z_]\w*\.)+([A-Za-z_]\w*)(?=\()", _own_name, "names have no module before them"),
        previous={"NAME"},
    ),
    # `dense(units: 3)`, `block f(n: int)`, `block f(int n)`
    Slip({"COLON"}, {"COMMA"}, _named_argument, previous={"NAME"}),
    Slip({"COLON"}, {"COMMA"}, "an argument is named with `=`", previous={"NAME"}),
    Slip(
        {"NAME"},
        {"COMMA"},
        rewrite(r"\b(?:block|model)\b.*?(?P<this>\b(?:int|float|str|bool|list|tuple)\s+)\w+", ""),
        previous={"NAME"},
    ),
    # `a ? b : c`, `f"text"`
    Slip({"UNKNOWN"}, {"IF"}, _conditional),
    Slip({"STRING"}, frozenset(), rewrite(r"\b[fr](\"[^\"]*\")", r"\1"), after=frozenset({"f", "r"})),
    # `0...3`, `.5`, `5.`, `50%`
    Slip({"DOT"}, {"NUMBER"}, rewrite(r"\.\.\.", ".."), previous={"RANGE"}),
    Slip({"DOT"}, {"NUMBER"}, rewrite(r"\.\d+", r"0\g<0>", "a digit stands before the decimal point")),
    Slip(frozenset(), {"NAME"}, rewrite(r"\b\d+\.(?!\d)", r"\g<0>0"), previous={"DOT"}),
    Slip(
        {"COMMA", "RPAR", "SEP", END},
        {"NUMBER"},
        rewrite(r"(\d+(?:\.\d+)?)\s*%\s*(?=[,)]|$)", _percent),
        previous={"PERCENT"},
    ),
    # `1 < n < 3`
    Slip(
        _COMPARISONS,
        {"AND"},
        rewrite(
            r"([\w.]+)\s*([<>]=?)\s*([\w.]+)\s*([<>]=?)\s*([\w.]+)",
            r"\1 \2 \3 and \3 \4 \5",
            "comparisons do not chain",
        ),
    ),
    Slip(_COMPARISONS, {"AND"}, "comparisons do not chain: `a < b and b < c`"),
)
#: Those that other slips come before.
LATE = (
    # `conv(stride 2)`, `conv(3 3x3)`, `conv(3,, 3)`, `conv(3; 3)`
    Slip(
        {"NUMBER", "DIMS"},
        {"COMMA"},
        rewrite(r"([A-Za-z_]\w*)\s+([\w.]+)", r"\1=\2", "an argument is named with `=`"),
        previous={"NAME"},
    ),
    Slip(VALUES, {"COMMA"}, _comma),
    Slip({"COMMA"}, {"NUMBER"}, rewrite(r",", ""), previous={"COMMA", "LPAR", "LSQB"}),
    Slip({"SEP"}, {"COMMA"}, rewrite(r";", ",")),
)
