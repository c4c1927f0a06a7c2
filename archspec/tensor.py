"""Tensor types and shape arithmetic. The batch axis is never written: shapes here are those of one sample."""

from __future__ import annotations

from collections.abc import Iterable

from archspec.record import Record

FLOAT = "float32"
#: The data types a tensor may have, and the bytes one element takes.
DTYPE_BYTES = {
    "float16": 2, "bfloat16": 2, "float32": 4, "float64": 8, "bool": 1,
    "int8": 1, "int16": 2, "int32": 4, "int64": 8, "uint8": 1, "uint16": 2, "uint32": 4, "uint64": 8,
}  # fmt: skip


class Sym(Record):
    """A symbolic length: a linear form over named lengths, e.g. `T // 2 + 1`.

    `terms` maps an atom (a name, or an opaque quotient or product written as text) to its factor; sorted by atom, no
    factor is zero. Equal forms are equal objects, so two dimensions are known to agree when they compare equal.
    """

    terms: tuple[tuple[str, int], ...]
    const: int = 0

    @staticmethod
    def of(name: str) -> Sym:
        return Sym(((name, 1),))

    def _combine(self, other: int | Sym, sign: int) -> int | Sym:
        if isinstance(other, int):
            return Sym(self.terms, self.const + sign * other)
        factors = dict(self.terms)
        for atom, factor in other.terms:
            factors[atom] = factors.get(atom, 0) + sign * factor
        return _linear(factors, self.const + sign * other.const)

    def __add__(self, other: int | Sym) -> int | Sym:
        return self._combine(other, 1)

    __radd__ = __add__

    def __sub__(self, other: int | Sym) -> int | Sym:
        return self._combine(other, -1)

    def __rsub__(self, other: int) -> int | Sym:
        return -1 * self + other

    def __neg__(self) -> int | Sym:
        return self * -1

    def __mul__(self, other: int | Sym) -> int | Sym:
        if isinstance(other, int):
            return _linear({atom: factor * other for atom, factor in self.terms}, self.const * other)
        return _atom(f"{_operand(self)} * {_operand(other)}")

    __rmul__ = __mul__

    def __floordiv__(self, other: int | Sym) -> int | Sym:
        if isinstance(other, Sym):
            return 1 if self == other else _atom(f"{_operand(self)} // {_operand(other)}")
        if other == 1:
            return self
        if other < 1:
            return _atom(f"{_operand(self)} // {other}")
        # Whole multiples leave the quotient: (4T + U + 3) // 2 is 2T + 1 + (U + 1) // 2, whatever T and U are. So the
        # lengths that a stride leaves have one form: (T - 3) // 2 + 1 is (T - 1) // 2 and is (T + 1) // 2 - 1.
        whole = {atom: factor // other for atom, factor in self.terms}
        rest = _linear({atom: factor % other for atom, factor in self.terms}, self.const % other)
        quotient = _atom(f"{_operand(rest)} // {other}") if isinstance(rest, Sym) else rest // other
        return _linear(whole, self.const // other) + quotient

    def __mod__(self, other: int) -> int | Sym:
        if other < 1:
            return _atom(f"{_operand(self)} % {other}")
        rest = _linear({atom: factor % other for atom, factor in self.terms}, self.const % other)
        return _atom(f"{_operand(rest)} % {other}") if isinstance(rest, Sym) else rest % other

    def __str__(self) -> str:
        text = " + ".join(atom if factor == 1 else f"{factor}*{_wrap(atom)}" for atom, factor in self.terms)
        return f"{text} + {self.const}".replace("+ -", "- ") if self.const else text


def _linear(factors: dict[str, int], const: int) -> int | Sym:
    terms = tuple(sorted((atom, factor) for atom, factor in factors.items() if factor))
    return Sym(terms, const) if terms else const


def _atom(text: str) -> Sym:
    return Sym(((text, 1),))


def _wrap(text: str) -> str:
    return text if text.isidentifier() else f"({text})"


def _operand(sym: Sym) -> str:
    return _wrap(str(sym))


#: One dimension: a number, a symbolic length, or None where nothing is known.
Dim = int | Sym | None
Shape = tuple[Dim, ...]


class TensorType(Record):
    """The shape of one sample (without the batch axis) and the element type."""

    shape: Shape
    dtype: str = FLOAT

    @property
    def rank(self) -> int:
        """Return the number of axes, the batch axis not counted."""
        return len(self.shape)

    @property
    def elements(self) -> int | None:
        """Return the number of elements of one sample, or None where a dimension is open."""
        return count(self.shape)

    @property
    def bytes(self) -> int | None:
        """Return the bytes one sample takes, or None where a dimension is open."""
        elements = self.elements
        return None if elements is None else elements * DTYPE_BYTES[self.dtype]

    @property
    def is_whole(self) -> bool:
        """Tell whether the elements are whole numbers or truth values."""
        return self.dtype.startswith(("int", "uint", "bool"))

    def with_shape(self, shape: Iterable[Dim]) -> TensorType:
        return TensorType(tuple(shape), self.dtype)

    def with_last(self, dim: Dim) -> TensorType:
        return TensorType((*self.shape[:-1], dim), self.dtype)

    def with_dtype(self, dtype: str) -> TensorType:
        return TensorType(self.shape, dtype)

    def __str__(self) -> str:
        return show_shape(self.shape)


def as_float(x: TensorType) -> TensorType:
    """Return what functions of real numbers make of a tensor: whole numbers and truth values become floats."""
    return x.with_dtype(FLOAT) if x.is_whole else x


def as_number(x: TensorType) -> TensorType:
    """Return what functions of numbers make of a tensor: truth values count as 0 and 1."""
    return x.with_dtype("int32") if x.dtype == "bool" else x


def count(shape: Iterable[Dim]) -> int | None:
    """Return the product of the dimensions, or None where one is open."""
    elements = 1
    for dim in shape:
        if not isinstance(dim, int):
            return None
        elements *= dim
    return elements


def show_dim(dim: Dim) -> str:
    return "?" if dim is None else str(dim)


def show_shape(shape: Iterable[Dim]) -> str:
    """Write a shape as specs do: `32x32x3`, `(T, 80)`, `()` for a scalar."""
    dims = tuple(shape)
    if not dims:
        return "()"
    if any(isinstance(d, Sym) for d in dims):
        return "(" + ", ".join(map(show_dim, dims)) + ("," if len(dims) == 1 else "") + ")"
    return "x".join(map(show_dim, dims))


def agree(a: Dim, b: Dim) -> bool:
    """Tell whether two lengths may be equal: an unknown one agrees with any, as in Keras."""
    return a is None or b is None or a == b


def ceil_div(a: int | Sym, b: int) -> int | Sym:
    return (a + (b - 1)) // b
