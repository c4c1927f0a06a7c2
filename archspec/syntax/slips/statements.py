"""Slips in comments, files, inputs, outputs and expectations."""

from __future__ import annotations

import re

from archspec.syntax.slips.place import Advice, Place, Slip, rewrite
from archspec.syntax.token import END

_LENGTH = r"(?:[0-9][\d_]*|\?|None)"
_LIBRARIES = {"keras", "tensorflow", "tf", "torch", "torchvision", "nn", "jax", "flax", "numpy"}


def _comment(place: Place) -> Advice:
    """Begin a comment with `#`. `%` begins one only where no value stands before it."""
    found = re.match(r"(//|--(?!>)|%+)\s*(.*)", place.after)
    if found is None or (found[1].startswith("%") and place.before.strip()):
        return None
    end = place.at + len(found[0].rstrip())
    return place.repair(place.at, end, f"# {found[2]}".rstrip(), "comments begin with `#`")


def _import(place: Place) -> Advice:
    """Leave out the import of a library; what else is imported is a file."""
    found = re.search(r"^\s*(?P<this>(?:from\s+([\w.]+)\s+)?import\s+([\w.]+)[^#]*)", place.line)
    if found is None:
        return None
    module = found[2] or found[3]
    if module.split(".")[0] in _LIBRARIES:
        return place.repair(*found.span("this"), "", "layers need no import")
    return f'blocks of another file come in with `use "{module}.arch"`'


def _class_path(found: re.Match[str]) -> str:
    module, _, name = re.sub(r"\s*:\s*|\s+import\s+", ".", found["this"]).rpartition(".")
    return f'"{module}:{name}"'


def _lengths(place: Place) -> Advice:
    """Put lengths that stand apart, `8 x 8 x 3` or `8, 8, 3`, into one."""
    if place.after[:1] not in {"x", "X", "*", ","}:
        return None
    # A comma separates arguments; between the lengths of a statement it can only be meant as our `x`.
    joint = "xX*" if "COMMA" in place.accepted else "xX*,"
    lengths = rewrite(
        rf"(?<![\w.]){_LENGTH}(?:\s*[{joint}]\s*{_LENGTH})+(?![\w.])",
        lambda found: "x".join(re.findall(_LENGTH, found[0])).replace("None", "?"),
        "lengths are joined by `x`, without spaces",
    )
    return lengths(place)


def _output_step(place: Place) -> Advice:
    """Take `-> output` out of a flow."""
    named = re.search(r"\bas\s+\w+\s*->\s*$", place.before)
    found = re.match(r"output(?:\s*\(?\s*(\w+)\s*\)?)?", place.after)
    if found is None:
        return None
    start, end, name = place.before.rfind("->"), place.at + found.end(), found[1]
    if name is None:
        return place.repair(start, end, "", "the last tensor is the output by itself")
    return place.repair(start, end, f"{'' if named else f'as {name}'}; output {name}", "`output` is a statement")


def _grouped(found: re.Match[str]) -> str:
    return found["this"].replace(",", "_")


def _in_brackets(found: re.Match[str]) -> str:
    return f"({', '.join(found['this'].split()[::2])})"


SLIPS = (
    # `// text`, `-- text`, `% text`
    Slip({"MINUS", "FLOOR", "PERCENT"}, {"LET", "ARROW", "SEP"}, _comment),
    # `import keras`, `from keras import layers`
    Slip({"NAME"}, frozenset(), _import, after=frozenset({"import"})),
    Slip({"NAME"}, {"ARROW"}, _import),
    # `use blocks.arch`
    Slip({"NAME", "RANGE", "DOT", "SLASH"}, {"STRING"}, rewrite(r"[\w./-]+", r'"\g<0>"'), previous={"USE"}),
    # `extern layer f from layers.F {`
    Slip(
        {"NAME"},
        {"STRING"},
        rewrite(r"\bfrom\s+(?P<this>[\w.]+(?:\s*:\s*|\s+import\s+|\.)\w+)", _class_path),
        previous={"FROM"},
    ),
    # `model = …`, `model.add(dense(3))`
    Slip(
        {"EQUAL"}, {"NAME"}, "a model is written `model name { … }`; a file without one is a model", previous={"MODEL"}
    ),
    Slip({"DOT"}, {"NAME"}, rewrite(r"\bmodel\.add\s*\((.*)\)", r"\1", "a step stands by itself"), previous={"MODEL"}),
    # `input shape=(28, 28, 1)`, `input(shape=(28, 28, 1))`
    Slip({"EQUAL"}, {"COLON"}, rewrite(r"\binput\s+(?P<this>(?:\w*shape|size|dims?)\s*=\s*)", "")),
    Slip(
        {"EQUAL"},
        {"COMMA"},
        rewrite(r"\binput\s*\(\s*\w*shape\s*=\s*(\([^()]*\)|[^(),]+?)\s*,?\s*\)", r"input \1"),
    ),
    # `input = 8x8`, `input: 8x8`
    Slip({"EQUAL", "COLON"}, {"NUMBER"}, rewrite(r"[=:]", "", "the shape follows at once"), previous={"INPUT"}),
    Slip({"SEP", END}, {"NUMBER"}, "the shape follows: `input 32x32x3`", previous={"INPUT"}),
    Slip({"SEP", END}, {"NUMBER"}, "tensors follow: `output a, b`; without it the last one is", previous={"OUTPUT"}),
    # `input float32 8`, `input 8,`, `input T x 8`
    Slip({"NUMBER", "DIMS"}, {"COLON"}, rewrite(r"\binput\s+((?:u?int|b?float)\d*)\s+([\dx?]+)", r"input \2 : \1")),
    Slip({"COMMA"}, {"COLON", "SEP"}, rewrite(r"(?<=\w|\)),(?=\s*$)", "")),
    Slip({"NAME"}, {"COLON"}, rewrite(r"\binput\s+(?P<this>(?!None)[A-Za-z_]\w*(?:\s+x\s+\w+)+)", _in_brackets)),
    # `input image = 8x8`, `input 8x8 as image`, `input image 8x8`
    Slip({"EQUAL"}, {"COLON"}, rewrite(r"=", ":"), previous={"NAME"}),
    Slip({"AS"}, {"COLON"}, rewrite(r"\binput\s+([^:;#]+?)\s+as\s+(\w+)", r"input \2: \1")),
    Slip({"DIMS", "NUMBER"}, {"COLON"}, rewrite(r"(?<=\w )[\dx?_]+", r": \g<0>"), previous={"NAME"}),
    # `input 8 : "int32"`, `input 8 : torch.int32`, `input 8, int32`, `input (8, 8, dtype=int32)`
    Slip({"STRING"}, {"NAME"}, rewrite(r"\binput\b[^#]*:\s*(?P<this>\"(\w+)\")", r"\2")),
    Slip({"DOT"}, {"SEP"}, rewrite(r"\binput\b[^#]*:\s*(?P<this>\w+\.)\w+", "")),
    Slip({"COMMA"}, {"COLON", "SEP"}, rewrite(r"\binput\b[^#]*?(?P<this>,)\s*[a-z]+\d*\s*(?:$|[#;}])", " :")),
    Slip(
        {"EQUAL"},
        {"COMMA"},
        rewrite(r"\binput\s*\(([^()=]*?),\s*dtype\s*=\s*\"?(\w+)\"?\s*\)", r"input (\1) : \2"),
    ),
    # `input x: 8, y: 8`
    Slip(
        {"COMMA"},
        {"COLON", "SEP"},
        rewrite(r"\binput\b[^#]*?(?P<this>,)\s*\w+\s*:", "; input", "each input is a statement"),
    ),
    # `expect params < 3,000`
    Slip(
        {"COMMA"},
        {"SEP"},
        rewrite(r"[=<>]\s*(?P<this>\d{1,3}(?:,\d{3})+)(?![\w,])", _grouped, "digits are grouped by `_`"),
        previous={"NUMBER"},
    ),
    # `let widths = 4, 6`
    Slip({"COMMA"}, {"SEP"}, rewrite(r"\blet\s+\w+\s*=\s*(?P<this>[^#;]*[^#;\s])", r"[\g<this>]")),
    # `input batch, 32, 32, 3`
    Slip(
        {"COMMA"},
        {"COLON"},
        rewrite(
            rf"\binput\s+(?P<this>(?:[Bb]atch\w*|N|B)\s*,\s*({_LENGTH}(?:\s*,\s*{_LENGTH})*))\s*(?=$|[#;}}])",
            lambda found: "x".join(re.findall(_LENGTH, found[2])).replace("None", "?"),
            "the batch axis is never written",
        ),
    ),
    # `input 8 x 8 x 3`, `input T, 80`, `input 8 int32`
    Slip({"NAME", "NUMBER", "COMMA", "STAR"}, {"SEP", "COLON", "COMMA"}, _lengths),
    Slip({"COMMA"}, {"COLON"}, rewrite(r"\binput\s+(?P<this>\w+(?:\s*,\s*\w+)+)\s*(?=$|[#;}])", r"(\g<this>)")),
    Slip({"NAME"}, {"COLON"}, rewrite(r"(?<=[\d)?] )\w+", r": \g<0>")),
    # `expect params = 3`, `expect params 3`, `expect output 8x8`
    Slip({"EQUAL"}, {"EQUALS"}, rewrite(r"=", "==", "to compare")),
    Slip({"NUMBER", "DIMS"}, {"EQUALS"}, rewrite(r"\bexpect\s+\w+\s+(?P<this>\d[\w.]*)", r"== \g<this>")),
    Slip({"OUTPUT"}, {"NUMBER"}, rewrite(r"output\s+", ""), previous={"EXPECT"}),
    # `dense(3) -> output`
    Slip({"OUTPUT"}, {"REPEAT"}, _output_step, previous={"ARROW"}),
)
