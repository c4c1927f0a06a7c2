"""Breaks every shipped spec by machine: each mutant compiles, or ends in located errors; in little time and memory.

    python -m tests.fuzz.mutate                         20,000 mutants
    python -m tests.fuzz.mutate --count 2000 --keras    those that compile are built in Keras too, and compared
    python -m tests.fuzz.mutate --only 1234             shows one mutant and what is said of it

The same seed makes the same mutants. Exits with 1 where a mutant fails.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any

from archspec.backend import Checked
from archspec.backends.arch.flatten import Flattened
from archspec.diagnostics import Source, render
from archspec.driver import Compiled, compile_source, each_model, shipped_specs
from archspec.ir.leaves import leaves
from archspec.tensor import TensorType
from tests.fuzz.mutations import MUTATIONS, mutate
from tests.fuzz.outputs import BYTES, Trial, hold, peak, say_and_make

GOOD = ("errors", "compiles", "builds in Keras", "equal to one that Keras builds")
#: Networks with fewer layers are built in Keras.
MOST_LAYERS = 2000


@dataclass(frozen=True)
class Mutant:
    number: int
    kind: str
    file: Path
    model: str | None
    text: str


@dataclass(frozen=True)
class Outcome:
    mutant: Mutant
    #: One of GOOD; else what is wrong, with `details`.
    result: str
    details: str = ""

    @property
    def failed(self) -> bool:
        return self.result not in GOOD


def sources() -> list[tuple[Path, str | None, str]]:
    """Return every model of every shipped spec: its file, its name and the text."""
    found = []
    for path in shipped_specs():
        for spec in each_model(str(path)):
            _, _, model = spec.removeprefix(str(path)).partition(":")
            found.append((path, model or None, path.read_text(encoding="utf-8")))
    return found


def mutant(number: int, seed: int, pool: list[tuple[Path, str | None, str]]) -> Mutant:
    """Return the mutant of that number: the kinds take turns, so each comes as often as the others."""
    random = Random(f"{seed} {number}")
    kinds = list(MUTATIONS)
    kind = kinds[number % len(kinds)]
    file, model, text = random.choice(pool)
    broken = text
    # Where there is nothing to break in that way, another spec is tried.
    for _ in range(10):
        broken = mutate(text, kind, random)
        if broken != text:
            break
        file, model, text = random.choice(pool)
    return Mutant(number, kind, file, model, broken)


# --- one mutant ------------------------------------------------------------------------------------------------------


def try_mutant(broken: Mutant, keras: KerasCheck | None = None, outputs: bool = False) -> Outcome:
    """Compile a mutant and look at what comes of it; with `outputs` at all that can be made of it too."""
    trial = Trial()
    source = Source(broken.file.name, broken.text)
    work = partial(compile_source, source, model=broken.model, home=broken.file.parent)
    compiled: Compiled | None = trial.step("compile", work)
    if compiled is not None and outputs:
        say_and_make(compiled, trial)
    elif compiled is not None:
        trial.step("diagnostics", partial(hold, compiled))
    if compiled is None or trial.faults:
        return Outcome(broken, trial.faults[0].kind, str(trial.faults[0]))
    if compiled.graph is None or compiled.figures is None or any(d.severity == "error" for d in compiled.diagnostics):
        return Outcome(broken, "errors")
    return Outcome(broken, *keras(compiled.checked())) if keras else Outcome(broken, "compiles")


# --- Keras -----------------------------------------------------------------------------------------------------------


def keras_difference(checked: Checked) -> str:
    """Build a network in Keras; return in what it differs from what was said of it, or ""."""
    import keras

    from archspec.backends.keras_build import build

    keras.utils.clear_session()
    try:
        # What the weights are like counts; that they are filled takes most of the time, and all of the memory.
        with keras.StatelessScope(initialize_variables=False):
            model = build(checked)
    except Exception as error:
        return f"Keras does not build it: {type(error).__name__}: {error}"
    total = checked.figures.weights[checked.graph.main].total
    if model.count_params() != total:
        return f"Keras has {model.count_params()} parameters, and there are {total} here"
    wanted = [_keras_shape(port.type) for port in checked.graph.body.outputs]
    if (found := _shapes(model.outputs)) != wanted:
        return f"the shapes are {found} in Keras, and {wanted} here"
    calls = {leaf.path: leaf for leaf in leaves(checked.graph)}
    uses = Counter(leaf.path for leaf in leaves(checked.graph))
    for layer in model.layers:
        leaf = calls.get(layer.name.replace("-", "/"))
        if leaf is not None and uses[leaf.path] == 1:
            wanted = [_keras_shape(type) for type in leaf.outputs]
            if (found := _shapes(keras.tree.flatten(layer.output))) != wanted:
                return f"the shapes of {leaf.path} are {found} in Keras, and {wanted} here"
    return ""


def _keras_shape(type: TensorType) -> tuple[int | None, ...]:
    return tuple(dim if isinstance(dim, int) else None for dim in type.shape)


def _shapes(tensors: Iterable[Any]) -> list[tuple[int | None, ...]]:
    return [tuple(tensor.shape[1:]) for tensor in tensors]


@dataclass
class KerasCheck:
    """Compares networks with Keras's, each once: many mutants are one network, as a renamed block changes nothing."""

    known: set[int] = field(default_factory=set)

    def __call__(self, checked: Checked) -> tuple[str, str]:
        """Return the result for a mutant, and what is wrong."""
        graph = checked.graph
        if graph.externs or sum(1 for _ in zip(range(MOST_LAYERS), leaves(graph), strict=False)) == MOST_LAYERS:
            return "compiles", ""
        flat = Flattened(graph)
        calls = [(call.path, repr(call.layer), call.inputs, call.keywords) for call in flat.calls()]
        key = hash((tuple(calls), flat.outputs, tuple(port.type for port in graph.body.inputs)))
        if key in self.known:
            return "equal to one that Keras builds", ""
        if difference := keras_difference(checked):
            return "keras", difference
        self.known.add(key)
        return "builds in Keras", ""


# --- all of them -----------------------------------------------------------------------------------------------------


def run(numbers: range, seed: int, keras: bool, outputs: bool) -> Iterator[Outcome]:
    """Yield the outcome of each mutant. A mutant that takes too much memory ends this process's share."""
    pool = sources()
    check = _keras_check() if keras else None
    for number in numbers:
        before = peak()
        outcome = try_mutant(mutant(number, seed, pool), check, outputs)
        if not keras and BYTES < peak() > before and not outcome.failed:
            outcome = Outcome(outcome.mutant, "large", f"{peak() / 1e6:.0f} MB")
        yield outcome


@cache
def _keras_check() -> KerasCheck:
    """Return the check of this process, which goes on from one share to the next."""
    return KerasCheck()


def _share(arguments: tuple[range, int, bool, bool]) -> list[Outcome]:
    return list(run(*arguments))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keras", action="store_true", help="build those that compile in Keras, and compare")
    parser.add_argument("--outputs", action="store_true", help="make all files and reports of those that compile")
    parser.add_argument("--only", type=int, help="show the mutant of this number and what is said of it")
    options = parser.parse_args()
    if options.only is not None:
        _show(mutant(options.only, options.seed, sources()), options.keras, options.outputs)
        return
    size = 200
    stop = options.start + options.count
    shares = [range(start, min(start + size, stop)) for start in range(options.start, stop, size)]
    counts: Counter[str] = Counter()
    failures = 0
    # A fresh process for each share, so that the memory of one mutant is not laid to the next.
    with multiprocessing.get_context("spawn").Pool(options.jobs, maxtasksperchild=None if options.keras else 1) as pool:
        tasks = [(share, options.seed, options.keras, options.outputs) for share in shares]
        for outcomes in pool.imap(_share, tasks):
            for outcome in outcomes:
                counts[outcome.result] += 1
                if outcome.failed:
                    failures += 1
                    one = outcome.mutant
                    print(f"{one.number} {one.kind} {one.file.name}:{one.model}: {outcome.result} {outcome.details}")
            print(f"{counts.total():,} mutants: {dict(counts)}", file=sys.stderr, flush=True)
    print(f"{counts.total():,} mutants of {len(MUTATIONS)} kinds: {dict(counts)}")
    sys.exit(1 if failures else 0)


def _show(one: Mutant, keras: bool, outputs: bool) -> None:
    print(f"# {one.kind}, {one.file.name}:{one.model}\n{one.text}\n")
    compiled = compile_source(Source(one.file.name, one.text), model=one.model, home=one.file.parent)
    for diagnostic in compiled.diagnostics:
        print(render(diagnostic, compiled.sources), end="\n\n")
    outcome = try_mutant(one, KerasCheck() if keras else None, outputs)
    print(outcome.result, outcome.details)


if __name__ == "__main__":
    main()
