"""Times cold commands beside `python -c "import keras"`, and prints each ratio. A record, not a test.

    python benchmarks/cold_start.py --runs 5

Runs are interleaved, so that a machine that slows down slows all of them. The median counts; the spread is printed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
KERAS = "import keras"
PYTHON = {
    "python -c pass": ["-c", "pass"],
    "archspec --help": ["-m", "archspec", "--help"],
    "archspec check vgg11": ["-m", "archspec", "check", "vgg11"],
    "archspec summary vgg11": ["-m", "archspec", "summary", "vgg11"],
    "archspec build vgg11 --no-diagram": ["-m", "archspec", "build", "vgg11", "--no-diagram", "--force"],
    "archspec build vgg11": ["-m", "archspec", "build", "vgg11", "--force"],
    KERAS: ["-c", KERAS],
}
#: The most that a command may take, as a part of what importing Keras takes.
TARGET = 0.25


def seconds(arguments: list[str], folder: str) -> float:
    """Run Python in a process of its own. Raises CalledProcessError where that fails."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "3"}
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=folder, env=env, check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7, help="how often each is run (default 7)")
    runs = parser.parse_args().runs
    times: dict[str, list[float]] = {name: [] for name in PYTHON}
    with tempfile.TemporaryDirectory() as folder:
        # Once unmeasured: the first run of anything compiles its modules.
        for number in range(runs + 1):
            for name, arguments in PYTHON.items():
                taken = seconds(arguments, folder)
                if number:
                    times[name].append(taken)
    keras = median(times[KERAS])
    print(f"{'':<36}{'median':>9}{'min':>9}{'max':>9}{'of keras':>10}")
    for name, found in times.items():
        middle = median(found)
        row = "".join(f"{1000 * value:>6.0f} ms" for value in (middle, min(found), max(found)))
        print(f"{name:<36}{row}{middle / keras:>10.1%}")
    print(f"The target for check, summary and build is {TARGET:.0%} of `{KERAS}`.")


if __name__ == "__main__":
    main()
