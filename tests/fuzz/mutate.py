"""Breaks every shipped spec by machine: each mutant compiles, or ends in located errors; in little time and memory.

    python -m tests.fuzz.mutate                         20,000 mutants
    python -m tests.fuzz.mutate --count 2000 --keras    those that compile are built in Keras too, and compared
    python -m tests.fuzz.mutate --only 1234             shows one mutant and what is said of it

The same seed makes the same mutants. Exits with 1 where a mutant fails.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

from archspec.backend import Checked
from archspec.diagnostics import Source, render, to_json
from archspec.driver import Compiled, compile_source, each_model, shipped_specs
from archspec.ir.leaves import leaves
from tests.fuzz.mutations import MUTATIONS, mutate

#: Limits of one mutant: seconds of work, and bytes of the process at its largest.
SECONDS = 2.0
BYTES = 300_000_000
#: So long is waited for a mutant that does not end.
PATIENCE = 30
#: Errors that are about no place in the text.
NOWHERE = {"no-model", "ambiguous-model", "unknown-model", "unknown-parameter", "nesting-too-deep"}
#: What is built in Keras: no more layers and parameters than that.
MOST_LAYERS = 250
MOST_PARAMS = 20_000_000


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
    #: "compiles" or "errors"; else what is wrong, with `details`.
    result: str
    details: str = ""

    @property
    def failed(self) -> bool:
        return self.result not in ("compiles", "errors")


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


class TookTooLong(BaseException):
    """Not an Exception, so that nothing on the way takes it for one of its own."""


def _give_up(signum: int, frame: FrameType | None) -> None:
    raise TookTooLong


def try_mutant(broken: Mutant, keras: bool = False) -> Outcome:
    """Compile a mutant and look at what comes of it."""
    signal.signal(signal.SIGALRM, _give_up)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    started = time.process_time()
    try:
        compiled = compile_source(Source(broken.file.name, broken.text), model=broken.model, home=broken.file.parent)
        fault = _fault(compiled)
    except TookTooLong:
        return Outcome(broken, "hangs")
    except BaseException as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(frame.filename).name}:{frame.lineno}"
        return Outcome(broken, "traceback", f"{type(error).__name__}: {error} in {where}")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    if (seconds := time.process_time() - started) > SECONDS:
        return Outcome(broken, "slow", f"{seconds:.1f} s")
    if fault:
        return Outcome(broken, "unsound", fault)
    if compiled.graph is None or compiled.figures is None or any(d.severity == "error" for d in compiled.diagnostics):
        return Outcome(broken, "errors")
    if keras and (difference := keras_difference(compiled.checked())):
        return Outcome(broken, "keras", difference)
    return Outcome(broken, "compiles")


def _fault(compiled: Compiled) -> str:
    """Return what is wrong with an outcome, or ""."""
    errors = [d for d in compiled.diagnostics if d.severity == "error"]
    if not errors and (compiled.graph is None or compiled.figures is None):
        return "neither a graph nor an error"
    for diagnostic in compiled.diagnostics:
        to_json(diagnostic)
        if not render(diagnostic, compiled.sources):
            return f"nothing is said: {diagnostic}"
        if diagnostic.span is None and diagnostic.code not in NOWHERE:
            return f"no place: {diagnostic}"
        if diagnostic.span is not None and (fault := _misplaced(diagnostic.span, compiled)):
            return f"{fault}: {diagnostic}"
    return ""


def _misplaced(span: Any, compiled: Compiled) -> str:
    if span.file not in compiled.sources:
        return "in no file"
    lines = compiled.sources[span.file].lines
    if not 1 <= span.line <= span.end_line <= len(lines):
        return "outside the file"
    if (span.line, span.column) > (span.end_line, span.end_column) or span.column > len(lines[span.line - 1]) + 1:
        return "outside its line"
    return ""


# --- Keras -----------------------------------------------------------------------------------------------------------


def keras_difference(checked: Checked) -> str:
    """Build a network in Keras; return in what it differs from what was said of it, or ""."""
    import keras

    from archspec.backends.keras_build import build

    total = checked.figures.weights[checked.graph.main].total
    if (
        checked.graph.externs
        or total > MOST_PARAMS
        or sum(1 for _ in _first(leaves(checked.graph), MOST_LAYERS + 1)) > MOST_LAYERS
    ):
        return ""
    keras.utils.clear_session()
    try:
        model = build(checked)
    except Exception as error:
        return f"Keras does not build it: {type(error).__name__}: {error}"
    found = [tuple(tensor.shape[1:]) for tensor in model.outputs]
    wanted = [
        tuple(dim if isinstance(dim, int) else None for dim in port.type.shape) for port in checked.graph.body.outputs
    ]
    if found != wanted:
        return f"the shapes are {found} in Keras, and {wanted} here"
    if model.count_params() != total:
        return f"Keras has {model.count_params()} parameters, and there are {total} here"
    return ""


def _first(items: Iterator[Any], count: int) -> Iterator[Any]:
    yield from (item for item, _ in zip(items, range(count), strict=False))


# --- all of them -----------------------------------------------------------------------------------------------------


def run(numbers: range, seed: int, keras: bool) -> Iterator[Outcome]:
    """Yield the outcome of each mutant. A mutant that takes too much memory ends this process's share."""
    pool = sources()
    for number in numbers:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        outcome = try_mutant(mutant(number, seed, pool), keras)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        if not keras and peak > BYTES and peak > before and not outcome.failed:
            outcome = Outcome(outcome.mutant, "large", f"{peak / 1e6:.0f} MB")
        yield outcome


def _share(arguments: tuple[range, int, bool]) -> list[Outcome]:
    return list(run(*arguments))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--keras", action="store_true", help="build those that compile in Keras, and compare")
    parser.add_argument("--only", type=int, help="show the mutant of this number and what is said of it")
    options = parser.parse_args()
    if options.only is not None:
        _show(mutant(options.only, options.seed, sources()), options.keras)
        return
    size = 200
    stop = options.start + options.count
    shares = [range(start, min(start + size, stop)) for start in range(options.start, stop, size)]
    counts: Counter[str] = Counter()
    failures = 0
    # A fresh process for each share, so that the memory of one mutant is not laid to the next.
    with multiprocessing.get_context("spawn").Pool(options.jobs, maxtasksperchild=None if options.keras else 1) as pool:
        tasks = [(share, options.seed, options.keras) for share in shares]
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


def _show(one: Mutant, keras: bool) -> None:
    print(f"# {one.kind}, {one.file.name}:{one.model}\n{one.text}\n")
    compiled = compile_source(Source(one.file.name, one.text), model=one.model, home=one.file.parent)
    for diagnostic in compiled.diagnostics:
        print(render(diagnostic, compiled.sources), end="\n\n")
    outcome = try_mutant(one, keras)
    print(outcome.result, outcome.details)


if __name__ == "__main__":
    main()
