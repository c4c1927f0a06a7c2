"""What the names of the spec are in the code at one point of a walk: variables, tensors, and the lengths of tensors."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
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
    """What a walk writes.

    `inline` makes each layer where it is called, without an attribute. With `shapes` the layers get the shapes of the
    tensors instead of tensors.
    """

    creates: bool
    calls: bool
    inline: bool = False
    shapes: bool = False


FUNCTIONAL = Mode(creates=True, calls=True, inline=True)
CREATE = Mode(creates=True, calls=False)
CALL = Mode(creates=False, calls=True)
#: In `build`, where what a layer needs to know is known only once the layers before it have run.
MIRROR = Mode(creates=True, calls=True)
#: The same two without tensors: what comes out of each layer is asked of it.
SHAPES = Mode(creates=False, calls=True, shapes=True)
SHAPES_MIRROR = Mode(creates=True, calls=True, shapes=True)


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
        #: Whether the names of layers begin with that of the block, which is in the variable `name`.
        self.prefixed = False
        self.tensors = {_key(name, name in variant.given.several): text for name, text in (tensors or {}).items()}
        self.shapes = dict(shapes or {})
        #: Whether the current tensor is the input still.
        self.at_input = True
        self.taken = {*module.names, *taken, *self.variables.values(), *self.current, *self.tensors.values()}
        self.target = naming.unique("x", self.taken)
        self.taken.add(self.target)
        self.printer = Printer(self._variable, self._length, module)
        self.used: set[str] = set()
        self.locals: dict[str, str] = {}
        #: What declares the dictionaries of tensors that are named by index.
        self.dictionaries: list[str] = []
        if mode.calls:
            self._copy_lists()
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
        # A branch that this variant never takes may have one tensor for several, or several for one.
        name = self.tensors.get(tensor_key(ref)) or self.tensors.get(_key(ref.name, not ref.index))
        if name is None:
            # A tensor that only a branch not written here names.
            raise Unprintable(f"the tensor `{ref.name}` is not named on every way to this line", ref.span)
        return name + self._subscript(ref)

    def _subscript(self, ref: TensorRef) -> str:
        return f"[{', '.join(self.printer.print(i) for i in ref.index)}]" if ref.index else ""

    def _copy_lists(self) -> None:
        """Have dictionaries for the lists of tensors that the definition names more tensors in."""
        for key in sorted(named(self.variant.definition.body) & self.tensors.keys()):
            if key.endswith("[]"):
                given = self.tensors[key]
                self.tensors[key] = self.local(given)
                self._declare(key, f"dict(enumerate({given}))")

    def _set(self, target: TensorRef) -> str:
        """Return what an assignment to a named tensor stands for on its left."""
        key = tensor_key(target)
        if key not in self.tensors:
            # Nothing can read the variable `_`.
            self.tensors[key] = "_" if target.name == "_" else self.local(target.name)
            if target.index:
                self._declare(key, "{}")
        return self.tensors[key] + self._subscript(target)

    def _declare(self, key: str, value: str) -> None:
        """Begin a dictionary of tensors."""
        targets = (target for op in find(self.variant.definition.body, NameOp) for target in op.targets)
        indices = [target.index for target in targets if tensor_key(target) == key]
        kinds = {kind for index in indices for kind in (self.facts.kinds(index[0]) if len(index) == 1 else [tuple])}
        by = kinds.pop().__name__ if kinds in ({int}, {str}) else "Any"
        self.dictionaries.append(f"{self.tensors[key]}: dict[{by}, Any] = {value}")

    def _held(self, text: str, names: set[str], variables: Collection[str] = ()) -> str:
        """Return an expression of a tensor that stays the same when `names` and `variables` come to mean others."""
        variable = text.partition("[")[0]
        if variable not in {self.tensors.get(name) for name in names} and not self._reads(text, variables):
            return text
        held = self.local(variable)
        self.lines.add(f"{held} = {text}")
        return held

    def _reads(self, text: str, variables: Collection[str]) -> bool:
        """Tell whether the index in an expression of a tensor reads one of some variables of the spec."""
        changed = {self.locals[name] for name in variables if name in self.locals}
        return not changed.isdisjoint(re.findall(r"\w+", text.partition("[")[2]))

    def _length(self, what: str, tensor: TensorRef | None) -> str:
        shape = self._shape(None if tensor is None or tensor.name == "_" else tensor)
        if what == "rank":
            return f"len({shape}) - 1"
        return f"{shape}[1:]" if what == "shape" else f"{shape}[{_AXES[what]}]"

    def _shape(self, tensor: TensorRef | None) -> str:
        if self.mode is not CREATE:
            text = self.current[0] if tensor is None else self.tensor(tensor)
            return text if self.mode.shapes else f"{text}.shape"
        if tensor is not None and (shape := self.shapes.get(self.tensors.get(tensor_key(tensor), ""))):
            return shape + self._subscript(tensor)
        if tensor is None and self.at_input and (shape := self.shapes.get(self.current[0])):
            return shape
        raise MidFlow


def named(ops: object) -> set[str]:
    """Return the names that operations give to tensors, as `tensor_key` has them."""
    return {tensor_key(target) for op in find(ops, NameOp) for target in op.targets}


def tensor_key(ref: TensorRef) -> str:
    """Return what tells a name from others: `h` and `h[0]` have nothing to do with each other."""
    return _key(ref.name, bool(ref.index))


def _key(name: str, indexed: bool) -> str:
    return f"{name}[]" if indexed else name


def bare(left: str) -> str:
    """Return an assignment's left side without the brackets of its outermost tuple."""
    return left[1:-1] if left.startswith("(") else left
