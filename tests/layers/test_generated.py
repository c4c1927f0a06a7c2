"""The rows as specs: the model of the generated code, the one built directly and the real layers are alike.

Many rows make one spec, which takes the inputs of all and gives the outputs of all.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from archspec.backends.arch.spell import spell_layer
from archspec.ir.graph import LayerNode
from archspec.layers.recipe import Function
from archspec.tensor import FLOAT, Sym, show_shape
from tests.backends.keras_models import check_text, direct, generated
from tests.layers.layer_case import LayerCase, as_list, call, example, real_layer, symbolic, unnamed, weight_name
from tests.layers.layer_rows import rows_by_family

pytestmark = pytest.mark.keras

Rows = tuple[LayerCase, ...]
#: The most rows of one spec.
SIZE = 120


def specs() -> Iterator[tuple[str, Rows]]:
    for family, cases in rows_by_family().items():
        for runs in (True, False):
            rows = [case for case in cases if case.runs is runs and writable(case)]
            for start in range(0, len(rows), SIZE):
                yield f"{family}-{start}{'' if runs else '-not-run'}", tuple(rows[start : start + SIZE])


def writable(case: LayerCase) -> bool:
    """Tell whether a spec may begin with these inputs: `2*T` needs a `T` before it."""
    return all(str(dim).isidentifier() for shape in case.inputs for dim in shape if isinstance(dim, Sym))


SPECS = dict(specs())


def spec(rows: Rows) -> str:
    return "\n".join([*inputs(rows), *steps(rows), f"output {', '.join(n for names in results(rows) for n in names)}"])


def inputs(rows: Rows) -> Iterator[str]:
    for number, case in enumerate(rows):
        dtype = "" if case.dtype == FLOAT else f" : {case.dtype}"
        for place, shape in enumerate(case.inputs):
            yield f"input x{number}_{place}: {show_shape(shape)}{dtype}"


def steps(rows: Rows) -> Iterator[str]:
    for number, (case, names) in enumerate(zip(rows, results(rows), strict=True)):
        tensors = [f"x{number}_{place}" for place in range(len(case.inputs))]
        states = tensors[len(tensors) - case.states :]
        further = (f"initial_state=({', '.join(states)},)",) if states and case.states else ()
        taken = ", ".join(tensors[: len(tensors) - case.states])
        made = names[0] if len(names) == 1 else f"({', '.join(names)})"
        yield f"from {taken} -> {spell_layer(case.layer, *further)} as {made}"


def results(rows: Rows) -> list[list[str]]:
    """Return the names of each row's results."""
    counts = [len(case.outputs(case.types)) for case in rows]
    return [[f"y{number}_{place}" for place in range(count)] for number, count in enumerate(counts)]


@pytest.mark.parametrize("name", SPECS)
def test_generated_code_and_direct_build_are_the_real_layers(name: str) -> None:
    rows = SPECS[name]
    checked = check_text(spec(rows))
    nodes = [node for node in checked.graph.body.nodes if isinstance(node, LayerNode)]
    assert [node.layer for node in nodes] == [case.layer for case in rows]
    assert [tuple(port.type for port in node.outputs) for node in nodes] == [case.outputs(case.types) for case in rows]
    real = [built(case) for case in rows]
    arrays = [example(case) for case in rows]
    expected = [
        tensor
        for case, layer, given in zip(rows, real, arrays, strict=True)
        for tensor in (as_list(call(case.layer, inference(case, layer), given, case.states)) if case.runs else ())
    ]
    for model in (generated(checked), direct(checked)):
        for node, layer in zip(nodes, real, strict=True):
            if not isinstance(node.layer.keras, Function):
                take_over(model.get_layer(node.name), layer, "seed" in node.layer.arguments())
        assert model.count_params() == sum(layer.count_params() for layer in real if hasattr(layer, "count_params"))
        if rows[0].runs:
            made = as_list(model([array for given in arrays for array in given], training=False))
            compare(made, expected)


def built(case: LayerCase) -> Any:
    """Return the real layer with weights drawn at random, or the function."""
    import numpy as np

    layer = real_layer(case.layer)
    call(case.layer, layer, symbolic(case), case.states)
    random = np.random.default_rng(0)
    for weight in getattr(layer, "weights", ()):
        # Variances are positive.
        weight.assign(random.uniform(0.1, 0.9, weight.shape).astype(weight.dtype))
    return layer


def inference(case: LayerCase, layer: Any) -> Any:
    """Return what calls a layer as it is called in use: augmentation is in training unless told otherwise."""
    return partial(layer, training=False) if case.layer.uses_training else layer


def take_over(ours: Any, theirs: Any, seeded: bool) -> None:
    """Check that a layer of a model is the real one but for its name, and give it the weights of that."""
    assert type(ours).__name__ == type(theirs).__name__
    assert settings(ours, seeded) == settings(theirs, seeded)
    assert [weight_name(w) for w in ours.weights] == [weight_name(w) for w in theirs.weights]
    assert [(tuple(w.shape), w.trainable) for w in ours.weights] == [
        (tuple(w.shape), w.trainable) for w in theirs.weights
    ]
    for weight, value in zip(ours.weights, theirs.weights, strict=True):
        weight.assign(value)


def settings(layer: Any, seeded: bool) -> Any:
    """Return the configuration; without a seed given Keras draws one."""
    config = unnamed(layer.get_config())
    return config if seeded else {k: v for k, v in config.items() if k != "seed"}


def compare(made: list[Any], expected: list[Any]) -> None:
    import numpy as np
    from keras.ops import convert_to_numpy

    for ours, theirs in zip(made, expected, strict=True):
        assert ours.dtype == theirs.dtype
        assert np.allclose(convert_to_numpy(ours), convert_to_numpy(theirs), rtol=1e-5, atol=1e-6)
