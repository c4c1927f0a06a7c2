"""Times building and training generated models beside the hand-written ones of `keras.applications`. A record, no test.

    python benchmarks/generated_code.py --runs 5

All are run in turn, so that a machine that slows down slows all of them. The smallest time counts, and the ratio to the
hand-written model.
"""

from __future__ import annotations

import argparse
import gc
import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

#: The model of a spec, and what Keras calls its own.
MODELS = {"vgg16": "VGG16", "resnet50": "ResNet50", "efficientnetb0": "EfficientNetB0"}
#: What training steps are timed on: deep networks of layers that are cheap at this size.
TRAINED = ("resnet50", "efficientnetb0")
STEPS = 3


def forms(spec: str) -> dict[str, Callable[[], Any]]:
    """Return what builds a model in each of its forms, the hand-written one first."""
    import keras

    from archspec.backends.keras_build import build
    from archspec.backends.keras_code import emit
    from archspec.driver import compile_spec

    checked = compile_spec(spec).checked()
    found: dict[str, Callable[[], Any]] = {
        "by hand": lambda: getattr(keras.applications, MODELS[spec])(weights=None),
        "direct": lambda: build(checked),
    }
    for style in ("subclass", "functional"):
        module: dict[str, Any] = {"__name__": f"{spec}_{style}"}
        exec(str(emit(checked, style).content), module)
        own = [v for v in module.values() if getattr(v, "__module__", "") == module["__name__"]]
        found[style] = next(v for v in reversed(own) if v.__name__ != "main")
    return found


def seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def train(model: Any, images: Any, labels: Any) -> None:
    for _ in range(STEPS):
        model.train_on_batch(images, labels)


def build_times(spec: str, runs: int) -> dict[str, float]:
    """Return the shortest time to build each form."""
    found = forms(spec)
    times: dict[str, list[float]] = {form: [] for form in found}
    # Once unmeasured: the first use of anything is slow.
    for number in range(runs + 1):
        for form, make in found.items():
            gc.collect()
            taken = seconds(make)
            if number:
                times[form].append(taken)
    return {form: min(taken) for form, taken in times.items()}


def step_times(spec: str, runs: int) -> dict[str, float]:
    """Return the shortest time of some training steps of each form."""
    import numpy as np

    models = {form: make() for form, make in forms(spec).items()}
    images, labels = np.zeros((4, 224, 224, 3), "float32"), np.zeros((4, 1000), "float32")
    times: dict[str, list[float]] = {form: [] for form in models}
    for model in models.values():
        model.compile("sgd", "categorical_crossentropy")
        model.train_on_batch(images, labels)
    for _ in range(runs):
        for form, model in models.items():
            times[form].append(seconds(partial(train, model, images, labels)))
    return {form: min(taken) for form, taken in times.items()}


def show(what: str, times: dict[str, float]) -> None:
    by_hand = times["by hand"]
    row = "".join(f"{form:>12} {taken:6.2f} s {taken / by_hand:5.2f}" for form, taken in times.items())
    print(f"{what:<24}{row}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="how often each is run (default 5)")
    parser.add_argument("--only", choices=["build", "train"], help="one of the two")
    options = parser.parse_args()
    if options.only != "train":
        for spec in MODELS:
            show(f"build {spec}", build_times(spec, options.runs))
    if options.only != "build":
        for spec in TRAINED:
            show(f"train {spec}", step_times(spec, options.runs))


if __name__ == "__main__":
    main()
