"""The pipeline: from a spec to a checked graph. The only module that knows every stage."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from archspec.analysis.expectations import check_expectations
from archspec.analysis.figures import Figures, analyse
from archspec.analysis.lints import lint
from archspec.backend import Checked
from archspec.diagnostics.diagnostic import ArchspecError, CompileError, Diagnostic, Diagnostics, Enough
from archspec.diagnostics.policy import Policy
from archspec.diagnostics.source import LIBRARY, Source, Span
from archspec.elaborate.entry import elaborate
from archspec.elaborate.modules import Loader
from archspec.ir.graph import Graph
from archspec.limits import limits, more
from archspec.record import Record
from archspec.resources import folder
from archspec.syntax import parse
from archspec.syntax.ast import Variant

DEFAULT = Policy()


class SpecNotFound(ArchspecError):
    """A name that is neither a file nor a shipped spec."""


class Compiled(Record):
    """The outcome of one compilation: the graph and its figures where there are any, and every diagnostic."""

    source: Source
    graph: Graph | None
    figures: Figures | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, Source]

    def checked(self) -> Checked:
        """Return what backends take. Raises CompileError where the spec is wrong."""
        if self.graph is None or self.figures is None or any(d.severity == "error" for d in self.diagnostics):
            raise CompileError(self.diagnostics, self.sources)
        return Checked(self.graph, self.figures, self.source.text)


def find_spec(spec: str) -> tuple[Path, str | None]:
    """Return the file and model that `SPEC[:MODEL]` means: a file, or a shipped spec by name. Raises SpecNotFound."""
    path = Path(spec)
    if path.is_file():
        return path, None
    stem, _, model = spec.rpartition(":")
    if stem and Path(stem).is_file():
        return Path(stem), model
    # A shipped spec may be called by its file's name too, as the header of generated code does.
    name = (stem or spec).removesuffix(".arch")
    if re.fullmatch(r"\w+", name):
        if (shipped := folder("specs") / f"{name}.arch").is_file():
            return shipped, model if stem else None
        if not stem and (found := _model_in_shipped_specs(name)):
            return found, name
    raise SpecNotFound(f"no file and no shipped spec `{spec}`")


def each_model(spec: str) -> list[str]:
    """Return `SPEC:MODEL` for every model of a file that holds several, where SPEC names none; else the spec as it is.

    A model that needs a value for a parameter is not whole by itself, and is left to its variants.
    """
    try:
        path, model = find_spec(spec)
        text, _ = _read_text(path)
    except (SpecNotFound, OSError):
        return [spec]
    if model is not None or len(re.findall(r"^\s*model\b", text, re.MULTILINE)) < 2:
        return [spec]
    file = parse(Source(_shown(path), text), Diagnostics())
    if file is None:
        return [spec]
    whole = [m.name.text for m in file.models if isinstance(m, Variant) or all(p.default for p in m.parameters)]
    return [f"{spec}:{name}" for name in whole] or [spec]


def shipped_specs() -> list[Path]:
    """Return the specs that come with archspec, sorted by name."""
    return sorted(folder("specs").glob("*.arch"))


def _model_in_shipped_specs(name: str) -> Path | None:
    declared = re.compile(rf"^model\s+{re.escape(name)}\b", re.MULTILINE)
    # A family's file is mostly called as its models are, but for their size.
    likely = sorted(shipped_specs(), key=lambda path: not name.startswith(path.stem))
    return next((path for path in likely if declared.search(path.read_text(encoding="utf-8"))), None)


def compile_spec(
    spec: str,
    *,
    settings: Mapping[str, Any] | None = None,
    setting_texts: Mapping[str, str] | None = None,
    include: Sequence[Path] = (),
    policy: Policy = DEFAULT,
) -> Compiled:
    """Compile `SPEC[:MODEL]` from a file. Raises SpecNotFound, or OSError where the file cannot be read."""
    path, model = find_spec(spec)
    text, fault = _read_text(path)
    source = Source(_shown(path), text)
    if fault:
        return Compiled(source, None, None, (fault,), {source.name: source})
    return compile_source(
        source,
        model=model,
        settings=settings,
        setting_texts=setting_texts,
        include=include,
        home=path.parent,
        policy=policy,
    )


def compile_source(
    source: Source,
    *,
    model: str | None = None,
    settings: Mapping[str, Any] | None = None,
    setting_texts: Mapping[str, str] | None = None,
    include: Sequence[Path] = (),
    home: Path | None = None,
    policy: Policy = DEFAULT,
) -> Compiled:
    """Compile one model of a source text.

    `home` is the folder that `use` starts from; without one only `include` and the standard library count.
    """
    with _without_garbage_collection():
        return _compile(source, model, settings, setting_texts, include, home, policy)


def _compile(
    source: Source,
    model: str | None,
    settings: Mapping[str, Any] | None,
    setting_texts: Mapping[str, str] | None,
    include: Sequence[Path],
    home: Path | None,
    policy: Policy,
) -> Compiled:
    diagnostics = Diagnostics()
    loader = Loader(_Files(source, home, include, diagnostics), diagnostics, _standard_blocks())
    graph, figures = None, None
    more: list[Diagnostic] = []
    try:
        graph = elaborate(source, loader, diagnostics, model=model, settings=settings, setting_texts=setting_texts)
        if graph is not None:
            figures = analyse(graph)
            check_expectations(graph, figures, diagnostics)
            lint(graph, diagnostics, policy.warn)
    except Enough:
        message = f"there are more errors than these {Diagnostics.MOST}"
        more.append(Diagnostic("more-errors", message, severity="note"))
    except RecursionError:
        diagnostics.error("nesting-too-deep", "this spec is nested too deeply", None)
    # What a statement that could not be read has to do with the rest nobody knows, so only what is certain is told.
    items = diagnostics.items if loader.is_whole else [d for d in diagnostics.items if d.severity == "error"]
    found = _in_order(policy.apply([*items, *more]), loader.sources)
    return Compiled(source, graph, figures, found, loader.sources)


@cache
def _standard_blocks() -> list[str]:
    return [path.stem for path in folder("stdlib").glob("*.arch")]


@contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Keep the collector from running: a compilation makes no cycles to speak of, and each run visits all it made."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _in_order(diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source]) -> tuple[Diagnostic, ...]:
    """Sort by place, file after file, so that a person can work through them.

    Those without a place come first, but for a note on what is not told.
    """
    files = {name: number for number, name in enumerate(sources)}

    def place(diagnostic: Diagnostic) -> tuple[int, int, int]:
        if (span := diagnostic.span) is None:
            return (len(files) + 1 if diagnostic.severity == "note" else -1, 0, 0)
        return (files.get(span.file, len(files)), span.line, span.column)

    return tuple(sorted(diagnostics, key=place))


def _shown(path: Path) -> str:
    """Return the name that messages use: shipped specs go without the folder they were installed to."""
    shipped = folder("specs")
    return path.name if path.parent == shipped else path.as_posix()


class _Files:
    """Finds what `use` names: beside the file, then in the include folders, then in the standard library."""

    def __init__(self, source: Source, home: Path | None, include: Sequence[Path], diagnostics: Diagnostics) -> None:
        self._include, self._diagnostics = include, diagnostics
        self._homes = {source.name: home} if home is not None else {}
        self._roots = [root.resolve() for root in ([home] if home is not None else []) + list(include)]

    def __call__(self, path: str, user: str | None) -> Source | None:
        if "\0" in path or Path(path).is_absolute():
            return None
        if user is not None:
            for place in filter(None, [self._homes.get(user), *self._include]):
                found = place / path
                # Neither `..` nor a link may lead out of the folders that the person named.
                if _is_file(found) and any(found.resolve().is_relative_to(root) for root in self._roots):
                    return self._read(found, found.as_posix())
        library = Path(__file__).parent / "stdlib"
        found = library / path
        if _is_file(found) and found.resolve().is_relative_to(library.resolve()):
            return self._read(found, f"{LIBRARY}{path}")
        return None

    def _read(self, path: Path, name: str) -> Source | None:
        text, fault = _read_text(path)
        if fault:
            self._diagnostics.add(fault)
            return None
        self._homes[name] = path.parent
        return Source(name, text)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        # The name is longer than a name can be.
        return False


def _read_text(path: Path) -> tuple[str, Diagnostic | None]:
    size = path.stat().st_size
    if size > limits().file_bytes:
        return "", Diagnostic(
            "file-too-large",
            f"`{path.name}` has {size:,} bytes; at most {limits().file_bytes:,} are read",
            help=more("file_bytes"),
        )
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        span = Span(_shown(path), line, column, line, column + 1)
        return "", Diagnostic("not-utf8", f"byte {error.start} (0x{data[error.start]:02x}) is not UTF-8", span)
