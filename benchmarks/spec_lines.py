"""Counts the lines of the specs beside those of the Keras source that builds the same networks. A record, not a test.

    python benchmarks/spec_lines.py

Of a spec: the lines of its file, all its models and their `expect`s, and those of the standard library's blocks that
it uses. Of Keras: the functions, classes and tables of numbers that make the same models, and those that these use in
turn, as far as they lie in `keras.applications`; its own helpers (`imagenet_utils`), the places of its weights and
decorators are left out. What is no network in it (checks of arguments, the loading of weights) counts in `Keras`, not
in `bare`.

Networks that `keras.applications` lacks stand beside the models in `tests/zoo/*_by_hand.py`: functional Keras, written
from the papers to compare outputs with, without the options, names and checks of a library, and so about the least that
says the same. They show how far that can go, and are no part of the target.

On both sides a line counts that holds more than a comment or a docstring. A line of ours has up to 120 columns and one
of Keras 80, so the last columns compare characters, white space left out.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from statistics import median

from archspec.driver import compile_spec, each_model
from archspec.driver import find_spec as find_arch

ROOT = Path(__file__).resolve().parent.parent
APPLICATIONS = {
    "resnet": ["ResNet50", "ResNet101", "ResNet152"],
    "resnet_v2": ["ResNet50V2", "ResNet101V2", "ResNet152V2"],
    "densenet_bc": ["DenseNet121", "DenseNet169", "DenseNet201"],
    "vgg": ["VGG16", "VGG19"],
    "mobilenet": ["MobileNet"],
    "mobilenet_v2": ["MobileNetV2"],
    "mobilenet_v3": ["MobileNetV3Small", "MobileNetV3Large"],
    "inceptionv3": ["InceptionV3"],
    "inceptionresnetv2": ["InceptionResNetV2"],
    "xception": ["Xception"],
    "efficientnet": [f"EfficientNetB{n}" for n in range(8)],
    "efficientnet_v2": [f"EfficientNetV2{size}" for size in ("B0", "B1", "B2", "B3", "S", "M", "L")],
    "convnext": [f"ConvNeXt{size}" for size in ("Tiny", "Small", "Base", "Large", "XLarge")],
    "nasnet": ["NASNetMobile", "NASNetLarge"],
}
BY_HAND = {
    "unet": ["unet", "unet_same"],
    "wavenet": ["wavenet"],
    "bilstm": ["bilstm_tagger", "bilstm_imdb"],
    "seq2seq": ["seq2seq", "seq2seq_additive"],
    "transformer": ["transformer"],
    "bert": ["bert"],
    "gpt2": ["gpt2"],
    "vit": ["vit"],
    "siamese": ["siamese"],
    "headlines": ["headlines"],
    "autoencoder": ["autoencoder"],
    "dcgan": ["dcgan_generator", "dcgan_discriminator"],
    "mlp_mixer": ["mlp_mixer", "mixer_s16"],
    "c3d": ["c3d"],
}
#: What is asked of single specs.
LIMITS = {"resnet": 15, "inceptionv3": 60}
TARGET = 1 / 10
#: Parts of the names of tables that say where weights lie, and of texts.
NO_NETWORK = ("WEIGHTS", "HASH", "PATH", "DOCSTRING", "DOC")


@dataclass(frozen=True)
class Size:
    lines: int = 0
    characters: int = 0

    def __add__(self, other: Size) -> Size:
        return Size(self.lines + other.lines, self.characters + other.characters)


# --- specs ------------------------------------------------------------------------------------------------------------


def spec_size(path: Path) -> Size:
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    kept = [line for line in lines if line and not line.startswith("#")]
    return Size(len(kept), sum(len("".join(line.split())) for line in kept))


def library_size(spec: str) -> Size:
    """Return the size of the files of the standard library that some model of a spec takes blocks from."""
    path, _ = find_arch(spec)
    used: set[str] = set()
    for model in each_model(spec):
        graph = compile_spec(model).checked().graph
        used |= {definition.span.file for definition in graph.definitions.values() if definition.span}
    library = ROOT / "archspec" / "stdlib"
    return sum((spec_size(library / Path(name).name) for name in used if Path(name).name != path.name), Size())


# --- Keras ------------------------------------------------------------------------------------------------------------


class Module:
    """A Python file: what it defines by name, and the lines of each definition that count."""

    def __init__(self, path: Path) -> None:
        self.path = path
        text = path.read_text(encoding="utf-8")
        self.tree = ast.parse(text)
        self.code = _code_lines(text)
        self.defined: dict[str, ast.stmt] = {}
        self.imported: dict[str, str] = {}
        for node in self.tree.body:
            match node:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    self.defined[name] = node
                case ast.Assign(targets=[ast.Name(id=name)]) if not any(part in name for part in NO_NETWORK):
                    self.defined[name] = node
                case ast.ImportFrom(names=names):
                    self.imported |= {alias.asname or alias.name: alias.name for alias in names}

    def size(self, node: ast.stmt, bare: bool) -> Size:
        dropped = set(_docstring_lines(node)) | (set(_lines_of_checks(node)) if bare else set())
        assert node.end_lineno is not None
        kept = [self.code[n] for n in range(node.lineno, node.end_lineno + 1) if n in self.code and n not in dropped]
        return Size(len(kept), sum(kept))


def _code_lines(text: str) -> dict[int, int]:
    """Return how many characters of code each line has; a line without any is left out."""
    silent = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    found: dict[int, int] = {}
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in silent:
            for offset, part in enumerate(token.string.split("\n")):
                line = token.start[0] + offset
                found[line] = found.get(line, 0) + len("".join(part.split()))
    return found


def _docstring_lines(node: ast.stmt) -> Iterator[int]:
    for inner in ast.walk(node):
        match inner:
            case ast.Expr(value=ast.Constant(value=str()), lineno=first, end_lineno=int(last)):
                yield from range(first, last + 1)


def _lines_of_checks(node: ast.stmt) -> Iterator[int]:
    """Yield the lines of what raises an error if an argument is wrong, and of what loads weights."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.If | ast.Raise) and _is_check(inner):
            yield from range(inner.lineno, (inner.end_lineno or inner.lineno) + 1)


def _is_check(node: ast.If | ast.Raise) -> bool:
    if isinstance(node, ast.Raise):
        return True
    words = {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)} | {
        n.id for n in ast.walk(node.test) if isinstance(n, ast.Name)
    }
    raises_only = all(isinstance(step, ast.Raise | ast.If) for step in node.body) and not node.orelse
    return bool(words & {"load_weights", "get_file"}) or (raises_only and any(_raises(step) for step in node.body))


def _raises(node: ast.stmt) -> bool:
    return any(isinstance(inner, ast.Raise) for inner in ast.walk(node))


class Source:
    """A folder of modules that use one another."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.modules = {path.stem: Module(path) for path in paths}

    def size(self, names: list[str], bare: bool = False) -> Size:
        """Return the size of some definitions and of all that they use here."""
        found: dict[tuple[str, str], ast.stmt] = {}
        left = [next((m, n) for m in self.modules if n in self.modules[m].defined) for n in names]
        while left:
            module, name = left.pop()
            if (module, name) in found:
                continue
            node = found[module, name] = self.modules[module].defined[name]
            left += self._uses(module, node)
        return sum((self.modules[module].size(node, bare) for (module, _), node in found.items()), Size())

    def _uses(self, module: str, node: ast.stmt) -> Iterator[tuple[str, str]]:
        here = self.modules[module]
        for inner in ast.walk(node):
            match inner:
                case ast.Name(id=name, ctx=ast.Load()) if name in here.defined:
                    yield module, name
                case ast.Attribute(value=ast.Name(id=alias), attr=name):
                    other = here.imported.get(alias, "")
                    if other in self.modules and name in self.modules[other].defined:
                        yield other, name


def keras_applications() -> Source:
    spec = find_spec("keras")
    assert spec is not None and spec.origin is not None
    folder = Path(spec.origin).parent / "src" / "applications"
    return Source(path for path in folder.glob("*.py") if path.stem not in ("__init__", "imagenet_utils"))


# --- the table --------------------------------------------------------------------------------------------------------


def main() -> None:
    applications = _table("keras.applications", APPLICATIONS, keras_applications())
    _table("by hand, in tests/zoo", BY_HAND, Source((ROOT / "tests" / "zoo").glob("*_by_hand.py")))
    print()
    for spec, most in LIMITS.items():
        lines = spec_size(find_arch(spec)[0]).lines
        print(f"{spec}: {lines} lines; at most {most} wanted{'' if lines <= most else ', so too long'}")
    reached = applications >= 1 / TARGET
    print(f"median: 1/{applications:.1f}; at most 1/{1 / TARGET:.0f} wanted{'' if reached else ', so too long'}")


def _table(title: str, peers: dict[str, list[str]], source: Source) -> float:
    """Print one table; return the median of the lines of Keras to one of ours."""
    print(f"\n{title:24} {'spec':>5} {'blocks':>7} {'Keras':>6} {'bare':>5}   ", end="")
    print(f"{'lines':>6} {'bare':>6} {'characters':>11} {'bare':>6}")
    ratios: list[list[float]] = []
    for spec, names in peers.items():
        own, blocks = spec_size(find_arch(spec)[0]), library_size(spec)
        ours, full, bare = own + blocks, source.size(names), source.size(names, bare=True)
        row = [full.lines / ours.lines, bare.lines / ours.lines]
        row += [full.characters / ours.characters, bare.characters / ours.characters]
        ratios.append(row)
        print(f"{spec:24} {own.lines:5} {blocks.lines:7} {full.lines:6} {bare.lines:5}   {_shown(row)}")
    medians = [median(column) for column in zip(*ratios, strict=True)]
    print(f"{'median':51}{_shown(medians)}")
    return medians[0]


def _shown(ratios: list[float]) -> str:
    lines, bare, characters, bare_characters = (f"1/{value:.1f}" for value in ratios)
    return f"{lines:>6} {bare:>6} {characters:>11} {bare_characters:>6}"


if __name__ == "__main__":
    main()
