"""What is measured inside one process: `python benchmarks/inside.py warm 20` prints it as JSON.

`run.py` starts this once for each row, so that no row pays for the memory of another.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import tracemalloc
from collections.abc import Callable
from time import process_time
from typing import Any

import by_hand
import texts

from archspec.backend import Checked
from archspec.diagnostics.source import Source
from archspec.driver import compile_source, find_spec

Times = dict[str, list[float]]


def compiled(text: str) -> Checked:
    return compile_source(Source("net.arch", text)).checked()


def take_turns(work: dict[str, Callable[[], object]], runs: int, warm_up: int = 1) -> Times:
    """Time each function so many times, one after the other, after a round or more that does not count."""
    found: Times = {name: [] for name in work}
    for number in range(runs + warm_up):
        for name, call in work.items():
            gc.collect()
            start = process_time()
            call()
            if number >= warm_up:
                found[name].append(process_time() - start)
    return found


def warm(runs: int) -> Times:
    """Time compilations from text to checked figures, in a process that has compiled before."""
    path, model = find_spec("resnet152")
    resnet = Source(path.name, path.read_text("utf-8"))
    work: dict[str, Callable[[], object]] = {
        "VGG-16": lambda: compiled(texts.VGG16),
        "ResNet-152": lambda: compile_source(resnet, model=model, home=path.parent).checked(),
    }
    return take_turns(work, runs, warm_up=5)


def repeated(runs: int, count: int) -> Times:
    """Time a network of `count` repetitions and the same spec with one, and hold its figures against arithmetic."""
    checked = compiled(texts.deep(count))
    params = texts.DEEP_EACH[0] * count + texts.DEEP_LAST[0]
    macs = texts.DEEP_EACH[1] * count + texts.DEEP_LAST[1]
    key = checked.graph.main
    found = checked.figures.weights[key].total, checked.figures.macs[key], checked.figures.layers[key]
    assert found == (params, macs, count + 1), found
    return take_turns({"many": lambda: compiled(texts.deep(count)), "one": lambda: compiled(texts.deep(1))}, runs, 5)


def decoders(runs: int) -> Times:
    """Time decoders from a small one to one of a trillion parameters, and the most memory that each allocates."""
    specs = {name: texts.decoder(*sizes) for name, sizes in texts.DECODERS.items()}
    found = take_turns({name: lambda text=text: compiled(text) for name, text in specs.items()}, runs, 5)  # type: ignore[misc]
    for name, (width, depth, _) in texts.DECODERS.items():
        tracemalloc.start()
        checked = compiled(specs[name])
        found[f"{name}: bytes"] = [float(tracemalloc.get_traced_memory()[1])]
        tracemalloc.stop()
        params = checked.figures.weights[checked.graph.main].total
        assert params == texts.decoder_params(width, depth), params
        found[f"{name}: params"] = [float(params)]
    return found


def flat(runs: int, statements: int, kind: str = "plain") -> Times:
    """Time a flat spec, "plain" or "named", and the memory that the process came to."""
    text = texts.flat(statements, named=kind == "named")
    checked = compiled(text)
    assert checked.figures.weights[checked.graph.main].total == texts.flat_params(statements)
    del checked
    found = take_turns({"seconds": lambda: compiled(text)}, runs, warm_up=0)
    unit = 1 if sys.platform == "darwin" else 1024
    return found | {"bytes": [float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit)]}


def deep(runs: int, count: int) -> Times:
    """Time a network of `count` repetitions."""
    text = texts.deep(count)
    return take_turns({"seconds": lambda: compiled(text)}, runs, warm_up=3)


def keras_deep(count: int) -> Times:
    """Time Keras with the network of `deep`, written as a loop; no times where Keras cannot make it."""
    import keras

    def build() -> None:
        x = inputs = keras.Input((64,))
        for _ in range(count):
            x = keras.layers.Dense(64, activation="relu")(x)
        model = keras.Model(inputs, keras.layers.Dense(10)(x))
        assert model.count_params() == texts.DEEP_EACH[0] * count + texts.DEEP_LAST[0]

    try:
        return take_turns({"seconds": build}, 1, warm_up=count <= 100)
    except RecursionError:
        # Keras follows a graph from its end, a call of Python's for each layer.
        return {"seconds": []}


def to_keras(runs: int, name: str) -> Times:
    """Time `to_keras()` beside the same network by hand."""
    import keras

    import archspec

    net, hand = archspec.load(name), getattr(by_hand, name)
    assert net.to_keras().count_params() == hand().count_params()

    def alone(make: Callable[[], Any]) -> Callable[[], None]:
        def call() -> None:
            make()
            keras.backend.clear_session()

        return call

    return take_turns({"to_keras": alone(net.to_keras), "by hand": alone(hand)}, runs)


WORK: dict[str, Callable[..., Times]] = {
    "warm": warm,
    "repeated": repeated,
    "decoders": decoders,
    "flat": flat,
    "deep": deep,
    "keras_deep": keras_deep,
    "to_keras": to_keras,
}

if __name__ == "__main__":
    work, *given = sys.argv[1:]
    print(json.dumps(WORK[work](*(int(word) if word.isdigit() else word for word in given))))
