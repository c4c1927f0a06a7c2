"""Measures archspec, and its peers beside it, in one run: `python benchmarks/run.py`. A record, not a test.

    python benchmarks/run.py --quick          each thing a few times; two minutes
    python benchmarks/run.py --peers FOLDER   peers too, in a virtual environment there, made where it is missing

Everything is measured in new processes that take turns, so that a machine that slows down slows all of them; a first
round does not count. Ratios are those of medians of processor time; the spread stands in brackets. What is run of
each peer is said in its row: each does what it is for, and none does just what another does.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from math import log10
from pathlib import Path

import texts
from measure import Figure, Run, archspec, clock, cpu, inside, peak, python, take_turns

HEAD = ("what", "archspec", "beside it", "ratio", "wanted")
Row = tuple[str, str, str, str, str]

#: What the peers are, as pip knows them.
PACKAGES = ("onnx", "nnef~=1.0.4", "n-orca==0.2.0")
TORCH = "torch==2.13.0"
#: Where PyTorch's builds for processors alone are; some mirrors have them under the plain name.
TORCH_INDEX = ("--index-url", "https://download.pytorch.org/whl/cpu")

IMPORTS = "import lark, pydantic; type('M', (pydantic.BaseModel,), {})"
KERAS = "import keras; keras.applications.ResNet152(weights=None).summary()"
ONNX = """
import onnx.parser, onnx.shape_inference
model = onnx.parser.parse_model(open({file!r}).read())
model = onnx.shape_inference.infer_shapes(model, strict_mode=True)
assert len(model.graph.value_info) == len(model.graph.node) - 1
"""
NNEF = """
import nnef
graph = nnef.load_graph({file!r})
nnef.infer_shapes(graph)
assert graph.tensors["y"].shape == [1, 1000]
"""
TORCHINFO = """
import torch
from torch import nn
from torchinfo import summary
layers, width = [], 3
for filters, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
    for _ in range(count):
        layers += [nn.Conv2d(width, filters, 3, padding=1), nn.ReLU()]
        width = filters
    layers.append(nn.MaxPool2d(2))
layers += [nn.Flatten(), nn.Linear(25088, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000)]
with torch.device("meta"):
    print(summary(nn.Sequential(*layers), input_size=(1, 3, 224, 224), device="meta"))
"""


@dataclass(frozen=True)
class Options:
    quick: bool
    peers: Path | None

    def runs(self, quick: int, full: int) -> int:
        return quick if self.quick else full


# --- in a new process -------------------------------------------------------------------------------------------------


def beside(what: str, ours: list[Run], name: str, theirs: list[Run], wanted: str) -> Row:
    """Return the row of two commands."""
    shown = f"{part(cpu(ours) / cpu(theirs))} (by the clock {part(clock(ours) / clock(theirs))})"
    return what, cpu(ours).seconds(), f"{name}: {cpu(theirs).seconds()}", shown, wanted


def part(ratio: float) -> str:
    return f"1/{1 / ratio:.0f}" if ratio < 0.2 else f"{ratio:.2f}"


def cold(options: Options) -> Iterator[Row]:
    """Yield how long commands take from start to end."""
    summary = archspec("summary", "resnet152")
    found = take_turns({"summary": summary, "imports": python(IMPORTS)}, options.runs(5, 15))
    yield beside("summary of ResNet-152", found["summary"], "import lark, pydantic; one model", found["imports"], "1.5")
    if find_spec("keras"):
        found = take_turns({"summary": summary, "keras": python(KERAS)}, options.runs(1, 5))
        ours, theirs = found["summary"], found["keras"]
        yield beside("summary of ResNet-152", ours, "Keras, build and summary", theirs, "1/30")
        sizes = (f"{peak(ours):.0f} MB", f"Keras: {peak(theirs):.0f} MB", part(peak(ours) / peak(theirs)))
        yield "its memory at most", *sizes, "1/10, 60 MB"
        commands = {
            "check vgg16": archspec("check", "vgg16"),
            "build vgg16 (code)": archspec("build", "vgg16", "--no-diagram", "--force"),
        }
        found = take_turns(commands | {"keras": python("import keras")}, options.runs(1, 5))
        for name in commands:
            yield beside(name, found[name], "import keras", found["keras"], "1/4")
    else:
        yield "beside Keras", "", "Keras is not installed", "", ""


def peers(options: Options) -> Iterator[Row]:
    """Yield the rows of the peers that can be installed."""
    folder = options.peers
    assert folder is not None
    interpreter = folder / "bin" / "python"
    if not interpreter.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    onnx, nnef, n_orca = (folder / name for name in ("resnet50.onnx.txt", "nnef/graph.nnef", "block.n.orca.md"))
    nnef.parent.mkdir(exist_ok=True)
    block = folder / "block.arch"
    made = {onnx: texts.onnx_text(), nnef: texts.nnef_text(), n_orca: texts.N_ORCA, block: texts.TRANSFORMER_BLOCK}
    for file, text in made.items():
        file.write_text(text, "utf-8")
    code = [str(interpreter), "-c"]
    resnet, vgg = archspec("summary", "resnet50"), archspec("summary", "vgg16")
    shapes = "parse text and infer shapes"
    several: list[tuple[str, list[str], str, list[str], str]] = [
        (
            "summary of ResNet-50",
            resnet,
            f"ONNX, {shapes}",
            [*code, ONNX.format(file=str(onnx))],
            "1",
        ),
        ("summary of ResNet-50", resnet, f"NNEF, {shapes}", [*code, NNEF.format(file=str(nnef))], ""),
        (
            "check of a transformer block",
            archspec("check", str(block)),
            "n-orca verify, its own example of one",
            [str(folder / "bin" / "n-orca"), "verify", str(n_orca)],
            "",
        ),
    ]
    if (fault := _install(interpreter, *PACKAGES)) is not None:
        yield "ONNX, NNEF, n-orca", "", f"not installed: {fault}", "", ""
        several = []
    fault = _install(interpreter, TORCH, *TORCH_INDEX) and _install(interpreter, TORCH)
    if (fault := fault or _install(interpreter, "torchinfo")) is not None:
        yield "torchinfo", "", f"not installed: {fault}", "", ""
    else:
        several.append(("summary of VGG-16", vgg, "PyTorch and torchinfo, no data", [*code, TORCHINFO], ""))
    for what, ours, name, theirs, wanted in several:
        found = take_turns({"ours": ours, "theirs": theirs}, options.runs(3, 9))
        yield beside(what, found["ours"], name, found["theirs"], wanted)


def _install(interpreter: Path, *packages: str) -> str | None:
    """Install packages; return what pip says where it cannot."""
    command = [str(interpreter), "-m", "pip", "install", "--quiet", "--retries", "1", *packages]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    except subprocess.TimeoutExpired:
        return "it takes too long"
    return None if done.returncode == 0 else (done.stderr.strip().splitlines() or ["pip failed"])[-1][:80]


# --- inside a process -------------------------------------------------------------------------------------------------


def warm(options: Options) -> Iterator[Row]:
    """Yield how long a compilation takes in a process that has compiled before."""
    found = inside("warm", options.runs(20, 100))
    for name, wanted in (("VGG-16", "3 ms"), ("ResNet-152", "10 ms")):
        yield f"{name}, from text to figures, warm", figure(found[name]).seconds(), "", "", wanted


def scale(options: Options) -> Iterator[Row]:
    """Yield how cost follows the spec, not the network."""
    found = inside("repeated", options.runs(20, 100), 1_000_000)
    many, one = figure(found["many"]), figure(found["one"])
    yield (
        "1,000,001 layers by `repeat`",
        many.seconds(),
        f"with `repeat 1`: {one.seconds()}",
        f"{many / one:.2f}",
        "1.5",
    )
    found = inside("decoders", options.runs(20, 100))
    first, *others = texts.DECODERS
    for name in others:
        ours, small = figure(found[name]), figure(found[first])
        what = f"{name}: {found[f'{name}: params'][0]:,.0f} parameters"
        yield what, ours.seconds(), f"{first}: {small.seconds()}", f"{ours / small:.2f}", "1"
        sizes = (found[f"{n}: bytes"][0] / 1e3 for n in (name, first))
        own, least = sizes
        yield f"{name}: allocated", f"{own:.0f} KB", f"{first}: {least:.0f} KB", f"{own / least:.2f}", "1"
    yield flat_row(options, "plain", "100,000 flat statements", "20,000 a second")
    yield flat_row(options, "named", "100,000 flat statements, each with a name of its own", "")


def flat_row(options: Options, kind: str, what: str, wanted: str) -> Row:
    """Return the row of a flat spec: what a statement of a hundred thousand takes beside one of a thousand."""
    short, long = inside("flat", options.runs(3, 9), 1_000, kind), inside("flat", options.runs(1, 3), 100_000, kind)
    few, all = Figure(tuple(s / 1_000 for s in short["seconds"])), Figure(tuple(s / 100_000 for s in long["seconds"]))
    each = f"each {all.middle * 1e6:.0f} us, {1 / all.middle:,.0f} a second; {long['bytes'][0] / 1e6:.0f} MB"
    return what, each, f"of 1,000: each {few.middle * 1e6:.0f} us", f"{all / few:.2f}", f"1.3; {wanted}".rstrip("; ")


def keras_models(options: Options) -> Iterator[Row]:
    """Yield `to_keras()` beside the same networks by hand."""
    if not find_spec("keras"):
        return
    for name in ("vgg16", "resnet50"):
        found = inside("to_keras", options.runs(5, 25), name)
        ours, hand = figure(found["to_keras"]), figure(found["by hand"])
        yield f"to_keras(), {name}", ours.seconds(), f"by hand: {hand.seconds()}", f"{ours / hand:.2f}", "1.05"


def figure(seconds: list[float]) -> Figure:
    return Figure(tuple(seconds))


# --- cost against size ------------------------------------------------------------------------------------------------


def sizes(options: Options) -> Iterator[str]:
    """Yield a plot of cost against size: seconds by number of layers, both on scales of powers of ten."""
    most = 5 if options.quick else 6
    runs, notes = options.runs(2, 5), list[str]()
    series = {"repeat": {10**n: figure(inside("deep", runs, 10**n)["seconds"]).middle for n in range(1, most + 1)}}
    series["flat"] = {10**n: figure(inside("flat", 1, 10**n)["seconds"]).middle for n in range(1, 5 + (most > 5))}
    if find_spec("keras"):
        series["Keras"] = {}
        for size in (10, 100, 300, 1_000):
            if seconds := inside("keras_deep", size)["seconds"]:
                series["Keras"][size] = figure(seconds).middle
            else:
                notes.append(f"Keras makes no network of {size:,} layers in a row: RecursionError")
    yield f"{'layers':>10}" + "".join(f"{name:>12}" for name in series)
    for size in sorted({size for found in series.values() for size in found}):
        cells = (f"{found[size] * 1e3:,.1f} ms" if size in found else "" for found in series.values())
        yield f"{size:>10,}" + "".join(f"{cell:>12}" for cell in cells)
    yield from notes
    yield ""
    marks = {"repeat": "r", "flat": "f", "Keras": "K"}
    for half in range(4, -8, -1):
        # A line for each half of a power of ten.
        line = [" "] * (8 * most)
        for number, (name, found) in enumerate(series.items()):
            for size, seconds in found.items():
                if round(2 * log10(seconds)) == half:
                    line[round(8 * log10(size)) - 5 + number] = marks[name]
        label = f"{10.0 ** (half // 2):g} s" if half % 2 == 0 else ""
        yield f"{label:>10} |{''.join(line).rstrip()}"
    yield " " * 11 + "+" + "".join(f"{10**n:>7,} " for n in range(1, most + 1)) + " layers"


# --- the whole --------------------------------------------------------------------------------------------------------


def show(row: Row) -> None:
    print(f"| {' | '.join(row)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="measure each thing only a few times")
    parser.add_argument("--peers", type=Path, metavar="FOLDER", help="measure the peers too, from an environment there")
    options = Options(**vars(parser.parse_args()))
    if options.peers:
        options = Options(options.quick, options.peers.resolve())
    where = f"Python {platform.python_version()}, {os.cpu_count()} processors"
    print(f"{where}, on which {os.getloadavg()[0]:.1f} others ran when this began\n")
    show(HEAD)
    show(("---",) * 5)
    sections: list[Callable[[Options], Iterator[Row]]] = [cold, warm, scale, keras_models]
    for section in sections[:1] + [peers] * (options.peers is not None) + sections[1:]:
        for row in section(options):
            show(row)
    print()
    for line in sizes(options):
        print(line, flush=True)


if __name__ == "__main__":
    main()
