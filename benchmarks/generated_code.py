"""Times building and training generated models beside the hand-written ones of `keras.applications`. A record, no test.

    python benchmarks/generated_code.py --runs 9

The forms of a model take turns in one process, so that a machine that slows down slows all of them, and the first
round does not count. Times are medians of processor time with the fastest and the slowest in brackets; the ratio is
that of the medians, to the hand-written model. The networks are those of Keras: where EfficientNet has layers that
prepare pixels, so has the spec.
"""

from __future__ import annotations

import argparse
import gc
import os
import time
from collections.abc import Callable
from functools import partial
from statistics import median
from typing import Any, NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

#: The model of a spec, and what Keras calls its own.
MODELS = {"vgg16": "VGG16", "resnet50": "ResNet50", "efficientnetb0": "EfficientNetB0"}
#: Images are small and few, so that what a layer costs besides its arithmetic shows. The spec of VGG fixes its size.
SIZES = {"vgg16": 224, "resnet50": 64, "efficientnetb0": 64}
BATCHES = {"vgg16": 1, "resnet50": 4, "efficientnetb0": 4}
STEPS = 3


class Taken(NamedTuple):
    """What something took, in seconds of all processors together and by the clock."""

    processor: float
    clock: float


def forms(spec: str, size: int = 224) -> dict[str, Callable[[], Any]]:
    """Return what builds a model in each of its forms, the hand-written one first."""
    import keras

    from archspec.backends.keras_build import build
    from archspec.backends.keras_code import emit
    from archspec.driver import compile_spec

    checked = compile_spec(spec, settings={} if size == 224 else {"size": size}).checked()
    by_hand = getattr(keras.applications, MODELS[spec])
    found: dict[str, Callable[[], Any]] = {
        "by hand": lambda: by_hand(weights=None, input_shape=(size, size, 3)),
        "direct": lambda: build(checked),
    }
    for style in ("subclass", "functional"):
        module: dict[str, Any] = {"__name__": f"{spec}_{style}"}
        exec(str(emit(checked, style).content), module)
        own = [v for v in module.values() if getattr(v, "__module__", "") == module["__name__"]]
        found[style] = next(v for v in reversed(own) if v.__name__ != "main")
    return found


def take(work: Callable[[], Any]) -> Taken:
    gc.collect()
    processor, clock = time.process_time(), time.perf_counter()
    work()
    return Taken(time.process_time() - processor, time.perf_counter() - clock)


def in_turn(works: dict[str, Callable[[], Any]], runs: int) -> dict[str, list[Taken]]:
    """Return what each took in each round but the first."""
    times: dict[str, list[Taken]] = {form: [] for form in works}
    for number in range(runs + 1):
        for form, work in works.items():
            taken = take(work)
            if number:
                times[form].append(taken)
    return times


def steps(spec: str) -> dict[str, Callable[[], Any]]:
    """Return what takes some training steps with each form."""
    import numpy as np

    size, batch = SIZES[spec], BATCHES[spec]
    random = np.random.default_rng(0)
    images = random.uniform(0, 255, (batch, size, size, 3)).astype("float32")
    labels = np.eye(1000, dtype="float32")[:batch]
    works: dict[str, Callable[[], Any]] = {}
    for form, make in forms(spec, size).items():
        model = make()
        model.compile("sgd", "categorical_crossentropy")
        works[form] = partial(train, model, images, labels)
    return works


def train(model: Any, images: Any, labels: Any) -> None:
    for _ in range(STEPS):
        model.train_on_batch(images, labels)


def show(what: str, times: dict[str, list[Taken]]) -> None:
    for form, taken in times.items():
        processor = sorted(one.processor for one in taken)
        middle = median(processor)
        ratios = [
            median(one[column] for one in taken) / median(one[column] for one in times["by hand"]) for column in (0, 1)
        ]
        print(
            f"{what:<22}{form:<12}{1000 * middle:8,.0f} ms ({1000 * processor[0]:,.0f} to {1000 * processor[-1]:,.0f})"
            f"  ratio {ratios[0]:.2f} (by the clock {ratios[1]:.2f})",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="how often each is run (default 5)")
    parser.add_argument("--only", choices=["build", "train"], help="one of the two")
    parser.add_argument("--model", choices=list(MODELS), help="one of the models")
    options = parser.parse_args()
    for spec in [options.model] if options.model else MODELS:
        if options.only != "train":
            show(f"build {spec}", in_turn(forms(spec), options.runs))
        if options.only != "build":
            show(f"train {spec}", in_turn(steps(spec), options.runs))


if __name__ == "__main__":
    main()
