"""How an argument may be spelt without its name (`3x3`, `s2`, `same`, `no_bias`): metadata on a parameter."""

from __future__ import annotations

import re
from functools import cache

from archspec.record import Record


class Pattern(Record):
    """A token with numbers in it: `s#` (one number), `#x#` and `s#x#` (a tuple), `p#/#`; each `#` is a number."""

    text: str

    @property
    def short(self) -> str:
        """Return the letters before the first number: the parameter's short name, as in `s=stride`."""
        return self.text.split("#", 1)[0]

    def match(self, token: str) -> object | None:
        """Return the number or tuple of numbers that `token` spells, or None."""
        # Most tokens are words, and of these there is no need to ask.
        if (token.isalpha() and token != self.text) or not (found := _regex(self.text).fullmatch(token)):
            return None
        numbers = tuple(_number(n) for n in found.groups())
        if not numbers:
            return True
        return numbers[0] if len(numbers) == 1 else numbers


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\#", r"(\d[\d_]*(?:\.\d+)?)"))


class Flag(Record):
    """A bare word that sets a switch: `no_bias` for `use_bias=false`."""

    word: str
    value: bool


class Short(Record):
    """A further name for use with `=`: `heads=8` for `num_heads=8`."""

    name: str


class Category(Record):
    """Any word of a category (`activation`, `initializer`, `regularizer`, ...), with or without arguments.

    With `bare=False` the words reach this parameter by name only: `bias_initializer=zeros`, where a bare `zeros` is the
    kernel's.
    """

    name: str
    bare: bool = True


Spelling = Pattern | Flag | Short | Category


def _number(text: str) -> int | float:
    return float(text) if "." in text else int(text)
