"""Times drawings beside Graphviz's `dot` and Keras's `plot_model`, and prints each ratio. A record, not a test.

    python benchmarks/diagrams.py --runs 5 --others

Times are of the processor, that of child processes included. Ours run in this process, warm, from a compiled model to
SVG. The others draw ResNet-50: `dot` is given our DOT text;
`plot_model` needs Keras, pydot and `dot`, and is left out where one is missing.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from archspec.backend import Checked  # noqa: E402
from archspec.backends.diagram import render  # noqa: E402
from archspec.backends.graphviz import to_dot  # noqa: E402
from archspec.diagnostics import Source  # noqa: E402
from archspec.driver import compile_source, compile_spec  # noqa: E402
from archspec.picture.plan import View  # noqa: E402

RESNET = "resnet:resnet50"
PLOT = """
import os, keras
def spent():
    return sum(os.times()[:4])
model = keras.applications.ResNet50(weights=None)
keras.utils.plot_model(model, "warm.svg", show_shapes=True)
start = spent()
keras.utils.plot_model(model, "x.svg", show_shapes=True)
print(spent() - start)
"""


def flat(nodes: int) -> Checked:
    """Return a model of so many visible cards: layers in a row, with a skip around every fourth."""
    lines = ["input 8"]
    for number in range(nodes // 4):
        lines += [f"_ as x{number}", "dense(8, relu) -> dropout(0.1) -> dense(8)", f"add(x{number}, _)"]
    return compile_source(Source("flat.arch", "\n".join(lines))).checked()


def spent() -> float:
    """Return the processor time that this process and its children have taken."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def seconds(work: Callable[[], object], runs: int) -> float:
    """Return the median of some runs, one before them unmeasured."""
    work()
    times = []
    for _ in range(runs):
        start = spent()
        work()
        times.append(spent() - start)
    return median(times)


def graphviz(checked: Checked, view: View) -> float | None:
    """Return what `dot`, or the one in the wheel, takes for an SVG."""
    program = (
        shutil.which("dot")
        or shutil.which("graphviz-pure")
        or shutil.which(Path(sys.executable).parent / "graphviz-pure")
    )
    if program is None:
        return None
    text = to_dot(checked, view).encode()
    return seconds(lambda: subprocess.run([program, "-Tsvg"], input=text, capture_output=True, check=False), 1)


def plot_model() -> float | None:
    """Return what `plot_model` takes for ResNet-50."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, "-c", PLOT], capture_output=True, text=True, cwd=folder, check=False)
    return float(done.stdout.split()[-1]) if done.returncode == 0 and done.stdout.strip() else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=5, help="how often each is run (default 5)")
    parser.add_argument("--others", action="store_true", help="time Graphviz and plot_model too")
    options = parser.parse_args()
    opened = View(depth=99)
    resnet = compile_spec(RESNET).checked()
    rows: list[tuple[str, Checked, View]] = [
        ("ResNet-50, folded", resnet, View()),
        ("ResNet-50, all of it", resnet, opened),
        ("ResNet-152, folded", compile_spec("resnet:resnet152").checked(), View()),
        ("DenseNet-201, folded", compile_spec("densenet_bc:densenet201").checked(), View()),
        (
            "a million layers, folded",
            compile_source(Source("m.arch", "input 8\n(dense(8) -> relu) * 500_000")).checked(),
            View(),
        ),
        ("20 cards", flat(20), opened),
        ("100 cards", flat(100), opened),
        ("2000 cards", flat(2000), opened),
    ]
    print(f"{'':<28}{'SVG':>10}{'graphviz':>12}{'ratio':>8}")
    for name, checked, view in rows:
        ours = seconds(lambda checked=checked, view=view: render(checked, "svg", view), options.runs)  # type: ignore[misc]
        theirs = graphviz(checked, view) if options.others else None
        beside = f"{1000 * theirs:>9.0f} ms{theirs / ours:>8.1f}" if theirs is not None else ""
        print(f"{name:<28}{1000 * ours:>7.1f} ms{beside}", flush=True)
    if options.others and (taken := plot_model()) is not None:
        print(f"{'plot_model, ResNet-50':<28}{1000 * taken:>7.1f} ms")


if __name__ == "__main__":
    main()
