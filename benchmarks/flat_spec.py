"""Time per statement of a flat spec, at several lengths in one run: `python benchmarks/flat_spec.py`.

Linear work shows as a ratio near 1.
"""

from __future__ import annotations

import gc
from statistics import median
from time import perf_counter

from archspec.diagnostics.source import Source
from archspec.driver import compile_source

LENGTHS = (1_000, 4_000, 16_000, 100_000)


def seconds(lines: int) -> float:
    """Return how long a spec of so many lines takes, from text to figures."""
    source = Source("flat.arch", "input 8\n" + "dense(8, relu)\n" * lines)
    gc.collect()
    start = perf_counter()
    compile_source(source).checked()
    return perf_counter() - start


def main() -> None:
    seconds(100)
    base = 0.0
    for lines in LENGTHS:
        each = median(seconds(lines) for _ in range(3)) / lines
        base = base or each
        print(f"{lines:>7,} statements  {each * 1e6:6.1f} us each  {each / base:5.2f} times the first")


if __name__ == "__main__":
    main()
