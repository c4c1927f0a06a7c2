"""What the names of the spec are in the code at one point of a walk: variables, tensors, and the lengths of tensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from archspec.backends.keras_code import naming
from archspec.backends.keras_code.fault import Unprintable
from archspec.backends.keras_code.module import Module
from archspec.backends.keras_code.python import Printer
from archspec.backends.keras_code.text import Lines
from archspec.backends.keras_code.variants import Variant
from archspec.elaborate.reads import Uses, variable_uses
from archspec.ir.definition import IfOp, NameOp, NamePattern, Pattern, RepeatOp, TuplePattern, find
from archspec.ir.expr import TensorRef

_AXES = {"channels": -1, "width": -2, "height": -3}


@dataclass(frozen=True, slots=True)
class Mode:
    """What a walk writes. `inline` makes each layer where it is called, without an attribute."""

    creates: bool
    calls: bool
    inline: bool = False


FUNCTIONAL = Mode(creates=True, calls=True, inline=True)
CREATE = Mode(creates=True, calls=False)
CALL = Mode(creates=False, calls=True)
#: In `build`, where what a layer needs to know is known only once the layers before it have run.
MIRROR = Mode(creates=True, calls=True)


class MidFlow(Exception):
    """A length is read of a tensor that only calling the layers before it would give."""


class Names:
    """What every part of a walk needs: the names as they stand, and the lines written so far.

    `shapes` are the expressions of the inputs' shapes, for a walk that calls nothing.
    """

    def __init__(
        self,
        variant: Variant,
        module: Module,
        mode: Mode,
        lines: Lines,
        variables: Mapping[str, str],
        *,
        attributes: dict[str, str] | None = None,
        inputs: Iterable[str] = (),
        tensors: Mapping[str, str] | None = None,
        shapes: Mapping[str, str] | None = None,
        taken: Iterable[str] = (),
    ) -> None:
        self.variant, self.module, self.mode, self.lines = variant, module, mode, lines
        self.facts = module.facts
        self.variables = dict(variables)
        self.attributes = attributes or {}
        self.current = list(inputs)
        self.target = "x"
        #: Whether the names of layers begin with that of the block, which is in the variable `name`.
        self.prefixed = False
        self.tensors = dict(tensors or {})
        self.shapes = dict(shapes or {})
        #: Whether the current tensor is the input still.
        self.at_input = True
        self.taken = {*module.names, *taken, *self.variables.values(), *self.current, *self.tensors.values()}
        self.printer = Printer(self._variable, self._length, module)
        self.used: set[str] = set()
        self.locals: dict[str, str] = {}
        #: Tensors named by index, each in a dictionary of its name.
        self.dictionaries: list[str] = []
        #: The inputs of a model, and what is named as the outputs.
        self.inputs: list[str] = []
        self.results: list[str] | None = None
        #: The variables for the positions in the loops around, and those that a layer's name reads.
        self.indices: list[str] = []
        self.used_indices: set[str] = set()
        #: How the layer of a site is had in a loop over lists of layers.
        self.iterators: dict[str, str] = {}
        #: What reads variables after the operation at hand.
        self.following = Uses()

    def local(self, name: str) -> str:
        """Return a new variable for a name of the spec."""
        made = naming.local(name, self.taken)
        self.taken.add(made)
        return made

    # --- values ----------------------------------------------------------------------------------------------------

    def _variable(self, name: str) -> str:
        self.used.add(name)
        if name not in self.variables:
            raise Unprintable(f"`{name}` is not known where the layers are made")
        return self.variables[name]

    def _bind(self, pattern: Pattern) -> str:
        """Give the names of a pattern variables; return the assignment's left side."""
        if isinstance(pattern, TuplePattern):
            inner = ", ".join(map(self._bind, pattern.items))
            return f"({inner},)" if len(pattern.items) == 1 else f"({inner})"
        if pattern.name not in self.locals:
            # Nothing can read the variable `_`.
            self.locals[pattern.name] = "_" if pattern.name == "_" else self.local(pattern.name)
        self.variables[pattern.name] = self.locals[pattern.name]
        return self.locals[pattern.name]

    def _carry(self, op: RepeatOp | IfOp) -> None:
        """Give variables that a loop or `if` may set, and that were set otherwise, the name that they will have there.

        A later iteration, or what comes after, then reads the one or the other by one name.
        """
        uses = variable_uses((op,))
        kept = self.following.reads - uses.sets
        wanted = kept | uses.reads if isinstance(op, RepeatOp) else kept
        for name in sorted(uses.may_set & wanted & self.variables.keys()):
            if self.variables[name] != self.locals.get(name):
                value = self.variables[name]
                left = self._bind(NamePattern(name=name))
                self.lines.add(f"{left} = {value}", sets=left)

    # --- tensors ---------------------------------------------------------------------------------------------------

    def tensor(self, ref: TensorRef) -> str:
        """Return the expression of a named tensor."""
        if ref.name == "_":
            return self.current[0]
        name = self.tensors.get(ref.name)
        if name is None:
            # A tensor that only a branch not written here names.
            raise Unprintable(f"the tensor `{ref.name}` is not named on every way to this line", ref.span)
        return name + self._subscript(ref)

    def _subscript(self, ref: TensorRef) -> str:
        return f"[{', '.join(self.printer.print(i) for i in ref.index)}]" if ref.index else ""

    def _held(self, text: str, names: set[str]) -> str:
        """Return an expression of a tensor that stays the same when `names` come to mean others."""
        variable = text.partition("[")[0]
        if variable not in {self.tensors.get(name) for name in names}:
            return text
        held = self.local(variable)
        self.lines.add(f"{held} = {text}")
        return held

    def _length(self, what: str, tensor: TensorRef | None) -> str:
        shape = self._shape(None if tensor is None or tensor.name == "_" else tensor)
        if what == "rank":
            return f"len({shape}) - 1"
        return f"{shape}[1:]" if what == "shape" else f"{shape}[{_AXES[what]}]"

    def _shape(self, tensor: TensorRef | None) -> str:
        if self.mode is not CREATE:
            return f"{self.current[0] if tensor is None else self.tensor(tensor)}.shape"
        if tensor is not None and (shape := self.shapes.get(self.tensors.get(tensor.name, ""))):
            return shape + self._subscript(tensor)
        if tensor is None and self.at_input and (shape := self.shapes.get(self.current[0])):
            return shape
        raise MidFlow


def named(ops: object) -> set[str]:
    """Return the names that operations give to tensors."""
    return {target.name for op in find(ops, NameOp) for target in op.targets}


def bare(left: str) -> str:
    """Return an assignment's left side without the brackets of its outermost tuple."""
    return left[1:-1] if left.startswith("(") else left
