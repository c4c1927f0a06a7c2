"""How the benchmarks measure: in processes of their own, taking turns, medians with their spread."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
INSIDE = Path(__file__).with_name("inside.py")


@dataclass(frozen=True)
class Run:
    """What one process took: seconds of processor time (its threads together), seconds by the clock, and bytes."""

    cpu: float
    clock: float
    peak: float


@dataclass(frozen=True)
class Figure:
    """Several measurements of one thing, in seconds or bytes."""

    values: tuple[float, ...]

    @property
    def middle(self) -> float:
        return median(self.values)

    def seconds(self) -> str:
        scale, unit, digits = (1, "s", 2) if self.middle >= 1 else (1e3, "ms", 1 if self.middle < 0.02 else 0)
        least, most = (f"{scale * value:.{digits}f}" for value in (min(self.values), max(self.values)))
        return f"{scale * self.middle:.{digits}f} {unit} ({least} to {most})"

    def __truediv__(self, other: Figure) -> float:
        return self.middle / other.middle


def cpu(runs: Sequence[Run]) -> Figure:
    return Figure(tuple(run.cpu for run in runs))


def clock(runs: Sequence[Run]) -> Figure:
    return Figure(tuple(run.clock for run in runs))


def peak(runs: Sequence[Run]) -> float:
    """Return the most memory that a run took, in MB."""
    return max(run.peak for run in runs) / 1e6


def take_turns(commands: Mapping[str, Sequence[str]], runs: int) -> dict[str, list[Run]]:
    """Run each command so many times, one after the other, so that a machine that slows down slows all of them.

    A first round does not count: it compiles modules and fills the system's caches.
    """
    found: dict[str, list[Run]] = {name: [] for name in commands}
    with TemporaryDirectory() as folder:
        for number in range(runs + 1):
            for name, command in commands.items():
                run = _fresh(command, folder)
                if number:
                    found[name].append(run)
    return found


def _fresh(command: Sequence[str], folder: str) -> Run:
    """Run a command in a new process. Raises RuntimeError where it fails."""
    # Modules are compiled once, as those of an installed package are, even where the environment is set otherwise.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env |= {"PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": f"{folder}/bytecode", "TF_CPP_MIN_LOG_LEVEL": "3"}
    env |= {"CUDA_VISIBLE_DEVICES": "-1"}
    start = time.perf_counter()
    with open(f"{folder}/output", "w+b") as output:  # noqa: PTH123
        process = subprocess.Popen(command, cwd=folder, env=env, stdout=output, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        elapsed = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise RuntimeError(f"{' '.join(command)[:80]}: {output.read().decode(errors='replace')[-600:]}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Run(used.ru_utime + used.ru_stime, elapsed, used.ru_maxrss * unit)


def inside(*arguments: object) -> dict[str, list[float]]:
    """Measure something that happens inside one process, which `inside.py` does in a new one."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "-1"}
    command = [sys.executable, str(INSIDE), *map(str, arguments)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr[-600:]}")
    found: dict[str, list[float]] = json.loads(done.stdout.splitlines()[-1])
    return found


def archspec(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "archspec", *arguments]


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]
