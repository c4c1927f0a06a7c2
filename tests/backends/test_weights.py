"""Weights from one form of a model to another by their paths: what is refused, and that nothing is changed then."""

from __future__ import annotations

from typing import Any

import pytest

import archspec
from tests.backends.keras_models import by_path, copy_random_weights, difference, generated

pytestmark = pytest.mark.keras

BLOCKS = """
block unit(width) { dense(width) -> bn }
model net(width = 4, depth = 2) { input 3; repeat depth { unit(width) }; dense(2) }
"""


def models(**parameters: Any) -> tuple[Any, Any]:
    """Return the direct build of a network, and the generated model of one with other parameters."""
    net = archspec.loads(BLOCKS)
    return net.to_keras(), generated(archspec.loads(BLOCKS)._checked, **parameters)


def test_what_differs_is_named_and_nothing_is_changed() -> None:
    import keras

    source, target = models(width=5, depth=3)
    before = [keras.ops.convert_to_numpy(weight) for weight in target.weights]
    with pytest.raises(ValueError, match="do not have the same weights") as raised:
        archspec.copy_weights(source, target)
    message = str(raised.value)
    assert "`unit_0/dense/kernel` is (3, 4) in the source and (3, 5) in the target" in message
    # A kernel, a bias and four weights of normalisation in each of two units, of which the first ten are shown.
    assert message.count("\n") == 11
    # Six weights more in the third unit, and all of the others but the bias at the end are wider.
    assert "… and 9 more" in message
    assert all(difference(weight, old) == 0 for weight, old in zip(target.weights, before, strict=True))


def test_a_path_in_one_model_only_is_named() -> None:
    source, target = models(depth=3)
    with pytest.raises(ValueError, match="`unit_2/bn/gamma` is in the target only"):
        archspec.copy_weights(source, target)
    with pytest.raises(ValueError, match="`unit_2/bn/gamma` is in the source only"):
        archspec.copy_weights(target, source)


def test_two_weights_of_one_path_are_refused() -> None:
    import keras

    inputs = keras.Input((2,))
    model = keras.Model(inputs, keras.layers.Dense(2, name="a/b".replace("/", "-"))(inputs), name="twice")
    extra = keras.layers.Dense(2, name="b")
    with keras.name_scope("a"):
        extra.build((None, 2))
    model.extra = extra
    with pytest.raises(ValueError, match="two weights of `twice` are at `a/b/kernel`"):
        archspec.copy_weights(model, model)


def test_a_network_is_no_model() -> None:
    net = archspec.loads(BLOCKS)
    with pytest.raises(TypeError, match="a Keras model, not Architecture"):
        archspec.copy_weights(net, net.to_keras())  # type: ignore[arg-type]


@pytest.mark.parametrize("style", ["functional", "sequential"])
def test_a_layer_called_as_the_model(style: Any) -> None:
    checked = archspec.loads("model dense { input 3; dense(2) }")._checked
    source, target = generated(checked), generated(checked, style)
    archspec.copy_weights(source, target)
    archspec.copy_weights(target, source)
    assert difference(source.weights[0], target.weights[0]) == 0


def trained(model: Any, optimizer: str = "adam", steps: int = 1) -> Any:
    """Return a model after some steps, in which its optimizer has got variables."""
    import numpy as np

    model.compile(optimizer, "mse")
    for step in range(steps):
        model.train_on_batch(np.full((4, 3), step + 1.0), np.ones((4, 2)))
    return model


def values(variables: Any) -> list[Any]:
    import keras

    return [keras.ops.convert_to_numpy(variable) for variable in variables]


def is_equal(first: Any, second: Any) -> bool:
    return all((a == b).all() for a, b in zip(values(first), values(second), strict=True))


@pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")
@pytest.mark.parametrize("is_trained", [False, True], ids=["new", "trained"])
def test_a_file_has_the_layers_of_a_model_and_not_its_blocks(is_trained: bool, tmp_path: Any) -> None:
    flat, nested = models()
    # The two hold the variables of an optimizer in different orders, and must not read those of the other.
    for source, target in ((flat, nested), (nested, flat)):
        copy_random_weights(source, seed=1)
        if is_trained:
            trained(source, steps=2)
            trained(target, steps=1)
        before = values(target.optimizer.variables) if is_trained else []
        source.save_weights(tmp_path / "net.weights.h5")
        target.load_weights(tmp_path / "net.weights.h5")
        assert all(difference(weight, by_path(target)[path]) == 0 for path, weight in by_path(source).items())
        if is_trained:
            assert is_equal(before, target.optimizer.variables)


def test_training_goes_on_where_a_file_of_the_same_form_left_it(tmp_path: Any) -> None:
    _, source = models()
    _, target = models()
    trained(source, steps=3).save_weights(tmp_path / "net.weights.h5")
    trained(target, steps=1).load_weights(tmp_path / "net.weights.h5")
    assert int(target.optimizer.iterations) == 3
    assert is_equal(source.optimizer.variables, target.optimizer.variables)
    assert is_equal(source.weights, target.weights)


def test_weights_of_a_whole_saved_model(tmp_path: Any) -> None:
    _, source = models()
    _, target = models()
    source.save(tmp_path / "net.keras")
    assert not is_equal(source.weights, target.weights)
    target.load_weights(tmp_path / "net.keras")
    assert is_equal(source.weights, target.weights)


def test_what_keras_is_told_of_a_file_it_does(tmp_path: Any) -> None:
    import keras

    flat, nested = models()
    wide = generated(archspec.loads(BLOCKS)._checked, width=5)
    copy_random_weights(flat)
    nested.save_weights(tmp_path / "net.weights.json", max_shard_size=0.01)
    nested.save_weights(tmp_path / "net.weights.h5")
    with pytest.raises(ValueError, match="could not be loaded"):
        wide.load_weights(tmp_path / "net.weights.h5")
    with pytest.warns(UserWarning, match="could not be loaded"):
        wide.load_weights(tmp_path / "net.weights.h5", skip_mismatch=True)
    # The bias of the last layer is as long with any width.
    assert "dense/bias" in by_path(wide)
    flat.load_weights(tmp_path / "net.weights.json")
    assert all(difference(weight, by_path(flat)[path]) == 0 for path, weight in by_path(nested).items())
    checkpoint = keras.callbacks.ModelCheckpoint(tmp_path / "best.weights.h5", save_weights_only=True)
    nested.compile("sgd", "mse")
    nested.fit(keras.ops.ones((4, 3)), keras.ops.ones((4, 2)), verbose=0, callbacks=[checkpoint])
    flat.load_weights(tmp_path / "best.weights.h5")
    assert all(difference(weight, by_path(flat)[path]) == 0 for path, weight in by_path(nested).items())


def test_the_layers_keep_their_names(tmp_path: Any) -> None:
    _, nested = models()
    nested.save_weights(tmp_path / "net.weights.h5")
    assert nested.get_layer("unit_1").dense.name == "dense"
    assert nested.get_layer("unit_1").dense.kernel.path == "unit_1/dense/kernel"


def test_saving_again_and_again_leaves_nothing_behind(tmp_path: Any) -> None:
    _, nested = models()
    layer = nested.get_layer("dense")
    nested.save_weights(tmp_path / "net.weights.h5")
    before = len(layer._inbound_nodes)
    for _ in range(3):
        nested.save_weights(tmp_path / "net.weights.h5")
    assert len(layer._inbound_nodes) == before


RETURN = "return self.bn(x, training=training)"
#: What somebody may write into the generated module: another end of the block's `call`, and a layer or weight more.
EDITS = {
    "a weight of the block's own": (
        "return self.bn(x, training=training) * self.scale",
        'self.scale = self.add_weight(name="scale", shape=(4,), initializer="ones")',
    ),
    "a layer that is used in training only": (
        "return self.extra(self.bn(x)) if training else self.bn(x)",
        "self.extra = layers.Dense(4)\n        self.extra.build((None, 4))",
    ),
    "a function that needs values": ("return self.bn(plain(x), training=training)", "self.ready = True"),
    "a block of layers that is no `BlockLayer`": (
        "return self.bn(self.extra(x), training=training)",
        'self.extra = Own(name="extra")\n        self.extra.build((None, 4))',
    ),
}
OWN = """
def plain(x):
    if isinstance(x, keras.KerasTensor):
        raise TypeError("only tensors with values")
    return x


class Own(layers.Layer):
    def build(self, shape):
        self.inner = layers.Dense(4, name="inner")
        self.inner.build(shape)

    def call(self, x):
        return self.inner(x)


"""


@pytest.mark.parametrize("name", EDITS)
def test_nothing_is_lost_of_a_module_that_was_edited(name: str, tmp_path: Any) -> None:
    import numpy as np

    end, made = EDITS[name]
    text = archspec.loads(BLOCKS).to_source()
    unit = '@keras.saving.register_keras_serializable(package="net")\nclass Unit'
    layer = 'self.bn = layers.BatchNormalization(name="bn")\n'
    for old, new in ((RETURN, end), (unit, OWN + unit), (layer, f"{layer}        {made}\n")):
        assert text.count(old) == 1
        text = text.replace(old, new)
    namespace: dict[str, Any] = {"__name__": "edited"}
    exec(text, namespace)
    source, target = namespace["Net"](), namespace["Net"]()
    for seed, model in enumerate((source, target)):
        random = np.random.default_rng(seed)
        model.set_weights([random.random(weight.shape) for weight in model.weights])
    source.save_weights(tmp_path / "net.weights.h5")
    target.load_weights(tmp_path / "net.weights.h5")
    assert is_equal(source.weights, target.weights)


def test_layers_beside_the_network_are_in_its_file(tmp_path: Any) -> None:
    import keras

    namespace: dict[str, Any] = {"__name__": "beside"}
    exec(archspec.loads(BLOCKS).to_source(), namespace)
    nets = [namespace["Net"](), namespace["Net"]()]
    for net in nets:
        net.heads = [keras.layers.Dense(1), keras.layers.Dense(3)]
        for head in net.heads:
            head.build((None, 2))
    copy_random_weights(nets[0])
    nets[0].save_weights(tmp_path / "net.weights.h5")
    nets[1].load_weights(tmp_path / "net.weights.h5")
    assert len(nets[0].weights) == 14 + 4
    assert is_equal(nets[0].weights, nets[1].weights)


def test_files_with_the_blocks_load_too(tmp_path: Any) -> None:
    import keras

    _, source = models()
    copy_random_weights(source, seed=3)
    clone = keras.models.clone_model(source)
    clone.set_weights(source.get_weights())
    clone.save_weights(tmp_path / "clone.weights.h5")
    keras.saving.save_weights(source, tmp_path / "keras.weights.h5")
    for file in ("clone", "keras"):
        _, target = models()
        target.load_weights(tmp_path / f"{file}.weights.h5")
        assert is_equal(source.weights, target.weights)


def test_a_block_is_left_alone_where_it_is_to_be(tmp_path: Any) -> None:
    flat, target = models()
    copy_random_weights(flat)
    flat.save_weights(tmp_path / "net.weights.h5")
    block = target.get_layer("unit_0")
    before = values(block.weights)
    target.load_weights(tmp_path / "net.weights.h5", objects_to_skip=[block])
    assert is_equal(before, block.weights)
    assert difference(by_path(flat)["unit_1/dense/kernel"], by_path(target)["unit_1/dense/kernel"]) == 0


def test_a_parameter_does_not_stand_in_for_what_files_need(tmp_path: Any) -> None:
    names = ("save_weights", "load_weights", "optimizer_of_blocks")
    net = archspec.loads(
        f"block unit({', '.join(names)}) {{ dense({' + '.join(names)}) }}\n"
        f"model net({', '.join(f'{name} = 1' for name in names)}) {{ input 3; unit({', '.join(names)}) }}"
    )
    flat, nested = net.to_keras(), generated(net._checked)
    copy_random_weights(flat)
    flat.save_weights(tmp_path / "net.weights.h5")
    nested.load_weights(tmp_path / "net.weights.h5")
    assert difference(by_path(flat)["unit/dense/kernel"], by_path(nested)["unit/dense/kernel"]) == 0


def test_classes_called_as_those_that_blocks_derive_from(tmp_path: Any) -> None:
    net = archspec.loads("block block_layer(w) { dense(w) }\nmodel block_model { input 3; block_layer(2) }")
    flat, nested = net.to_keras(), generated(net._checked)
    copy_random_weights(nested)
    nested.save_weights(tmp_path / "net.weights.h5")
    flat.load_weights(tmp_path / "net.weights.h5")
    assert difference(by_path(flat)["block_layer/dense/kernel"], nested.weights[0]) == 0
