"""How a layer is made in Keras, as data: `keras_code` prints it, `keras_build` carries it out, so they cannot drift."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from archspec.record import Record

_AS_THEY_ARE: Mapping[str, str] = MappingProxyType({})


class Construct(Record):
    """Construct `symbol` with the arguments that differ from their defaults, then call it on the inputs.

    `positional` names the arguments that an expert writes without their keyword, in Keras's order. `rename` maps ours
    to Keras's where they differ. `support` names a file of `layers/support/` that defines the symbol where Keras has
    none. `at_call` names the arguments that Keras takes when the layer is called, not when it is made.
    """

    symbol: str
    positional: tuple[str, ...] = ()
    rename: Mapping[str, str] = _AS_THEY_ARE
    support: str | None = None
    at_call: tuple[str, ...] = ()
    always: ClassVar[tuple[str, ...]] = ()

    def keyword(self, argument: str) -> str:
        """Return Keras's name of our `argument`."""
        return self.rename.get(argument, argument)


class Function(Record):
    """Call the function `symbol` on the inputs, with the arguments as keywords: it owns no weights and no state."""

    symbol: str
    positional: tuple[str, ...] = ()
    rename: Mapping[str, str] = _AS_THEY_ARE
    #: Arguments that are given even where they are our defaults: Keras's are others (`axis=0`, the batch).
    always: tuple[str, ...] = ()
    #: A function takes all its arguments in one go.
    at_call: ClassVar[tuple[str, ...]] = ()

    def keyword(self, argument: str) -> str:
        """Return Keras's name of our `argument`."""
        return self.rename.get(argument, argument)


Recipe = Construct | Function
