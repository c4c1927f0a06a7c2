"""What the classes of one generated module have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archspec.backends.keras_code.facts import Facts
from archspec.backends.keras_code.helpers import BLOCK_MODEL
from archspec.backends.keras_code.signature import Signature
from archspec.ir.definition import ExternLayer


@dataclass
class Module:
    """A module under construction: what is known of its expressions, and what its code turns out to need."""

    facts: Facts
    #: The layers of the user's own, by their key.
    externs: Mapping[str, ExternLayer]
    #: Names that stand for something in the whole module, so that no variable may bear them.
    names: frozenset[str] = frozenset()
    #: How each class is made and called, by its name.
    signatures: dict[str, Signature] = field(default_factory=dict)
    #: What Keras's layers are called by: a parameter may be called as their module is.
    layers: str = "layers"
    #: The function that each class is instead, by its name, in the styles that have functions.
    functions: dict[str, str] = field(default_factory=dict)
    imports: set[str] = field(default_factory=set)
    #: The functions of `helpers` that the code calls.
    helpers: set[str] = field(default_factory=set)
    #: Whether some expression tells a tuple from a list.
    compares_lists: bool = False
    #: Whether some block is a class of layers.
    has_block_layers: bool = False

    @property
    def model_class(self) -> str:
        """Return what the model is, or derives from."""
        return BLOCK_MODEL if self.has_block_layers else "keras.Model"

    def foreign(self, extern: ExternLayer) -> str:
        """Return how the class of a layer of the user's own is called, after importing its module."""
        name = extern.module
        if name.partition(".")[0] in _BOUND:
            name = f"{name.replace('.', '_')}_"
            self.imports.add(f"import {extern.module} as {name}")
        else:
            self.imports.add(f"import {name}")
        return f"{name}.{extern.symbol}"


#: What the imports of every module bind beside modules of the same name.
_BOUND = ("layers", "Any")
