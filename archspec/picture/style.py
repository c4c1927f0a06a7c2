"""How a picture looks: colours by category, and the few signs and short names that figures use. Owns no geometry."""

from __future__ import annotations

import re
from typing import Final

from archspec.record import Record

#: One face for measuring: every Graphviz knows its widths. `render` puts a list of equally wide faces in the SVG.
FONT: Final = "Arial"
FONT_FALLBACKS: Final = "Arial, Helvetica, Arimo, 'Liberation Sans', sans-serif"
TIMES: Final = "\N{MULTIPLICATION SIGN}"
TEXT: Final = "#16191D"
MUTED: Final = "#5C6470"
LINE: Final = "#59616B"
FRAME: Final = "#A3ADB8"
#: Nested frames alternate, so that a block in a block keeps its outline without its border.
FRAME_FILLS: Final = ("#F8FAFC", "#EEF2F6")
STRIP: Final = "#E1E6EC"
BACKGROUND: Final = "#FFFFFF"
SKIP: Final = "#B43D05"


class Look(Record):
    """The colours of a category, what the legend calls it, and whether its border is dashed."""

    legend: str
    stroke: str
    dashed: bool = False

    @property
    def fill(self) -> str:
        """Return the stroke at 13 % on the background."""
        channels = (int(self.stroke[i : i + 2], 16) for i in (1, 3, 5))
        return "#" + "".join(f"{round(255 - (255 - channel) * 0.13):02X}" for channel in channels)


#: In the order of the legend. The colours keep apart under the usual colour-vision deficiencies.
LOOKS: Final = {
    "io": Look("input, output", "#3D4143"),
    "conv": Look("convolution", "#3C89F7"),
    "pool": Look("pooling", "#237463"),
    "dense": Look("dense", "#D754AF"),
    "embedding": Look("embedding", "#D754AF"),
    "recurrent": Look("recurrent", "#8230C6"),
    "attention": Look("attention", "#8230C6"),
    "norm": Look("normalisation", "#AE9232"),
    "activation": Look("activation", "#B43D05"),
    "merge": Look("merge", "#3D4143"),
    "reshape": Look("reshape", "#6B7480"),
    "regularizer": Look("regulariser", "#6B7480", dashed=True),
    "block": Look("block", "#A3ADB8"),
    "added": Look("added", "#1A7F37"),
    "removed": Look("removed", "#CF222E", dashed=True),
    "changed": Look("changed", "#B26A00"),
    "follows": Look("other shape or size only", "#B59A5B"),
    "same": Look("the same", "#8A939D"),
}

#: The colours of what stands out.
MARKS: Final = {"highlight": "#C77700"}

#: Merges that a figure draws as a sign in a circle; the others are cards.
SIGNS: Final = {"Add": "+", "Subtract": "\N{MINUS SIGN}", "Multiply": TIMES}

#: What figures leave out of the name of an argument.
_ARGUMENT: Final = re.compile(r"^(?:num|return|use)_|_dim$")
_SHORTER: Final = (
    (re.compile(r"Normalization\b"), "Norm"),
    (re.compile(r"Average"), "Avg"),
    (re.compile(r"Pooling(?:[123]D)?"), "Pool"),
    (re.compile(r"Concatenate"), "Concat"),
)
_WORDS: Final = {
    "relu": "ReLU", "relu6": "ReLU6", "leaky_relu": "LeakyReLU", "elu": "ELU", "selu": "SELU", "celu": "CELU",
    "gelu": "GELU", "silu": "SiLU", "swish": "SiLU",
}  # fmt: skip


def short_kind(kind: str) -> str:
    """Return what figures call a Keras class: `MaxPool` for `MaxPooling2D`."""
    for pattern, replacement in _SHORTER:
        kind = pattern.sub(replacement, kind)
    return kind


def short_argument(name: str) -> str:
    """Return what figures call an argument: `heads` for `num_heads`."""
    return _ARGUMENT.sub("", name) or name


def short_word(word: str) -> str:
    """Return what figures call an activation: `ReLU` for `relu`."""
    return _WORDS.get(word, word)
