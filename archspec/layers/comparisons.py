"""Each element beside a number: true or false. They make masks: `from tokens -> not_equal(0)`."""

from archspec.layers.arithmetic import Pointwise
from archspec.layers.recipe import Function
from archspec.tensor import TensorType


class Comparison(Pointwise):
    """Each element beside a number."""

    value: int | float

    def output(self, x: TensorType) -> TensorType:
        return x.with_dtype("bool")


class Equal(Comparison):
    """Whether each element is that number: `equal(0)`. Keras: `keras.ops.equal`."""

    kind = "equal"
    names = ("equal",)
    keras = Function("keras.ops.equal", ("value",), rename={"value": "x2"})


class NotEqual(Comparison):
    """Whether each element is another number: `not_equal(0)`. Keras: `keras.ops.not_equal`."""

    kind = "not_equal"
    names = ("not_equal",)
    keras = Function("keras.ops.not_equal", ("value",), rename={"value": "x2"})


class Greater(Comparison):
    """Whether each element is greater: `greater(0)`. Keras: `keras.ops.greater`."""

    kind = "greater"
    names = ("greater",)
    keras = Function("keras.ops.greater", ("value",), rename={"value": "x2"})


class GreaterEqual(Comparison):
    """Whether each element is that number or greater: `greater_equal(0)`. Keras: `keras.ops.greater_equal`."""

    kind = "greater_equal"
    names = ("greater_equal",)
    keras = Function("keras.ops.greater_equal", ("value",), rename={"value": "x2"})


class Less(Comparison):
    """Whether each element is less: `less(0)`. Keras: `keras.ops.less`."""

    kind = "less"
    names = ("less",)
    keras = Function("keras.ops.less", ("value",), rename={"value": "x2"})


class LessEqual(Comparison):
    """Whether each element is that number or less: `less_equal(0)`. Keras: `keras.ops.less_equal`."""

    kind = "less_equal"
    names = ("less_equal",)
    keras = Function("keras.ops.less_equal", ("value",), rename={"value": "x2"})
