"""Puts a text through all that the commands do with one, and tells what goes wrong on the way."""

from __future__ import annotations

import json
import resource
import signal
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any
from xml.etree import ElementTree

import archspec
from archspec.backend import Checked
from archspec.backends.arch import expand
from archspec.backends.diagram import render as draw
from archspec.backends.graphviz import to_dot
from archspec.backends.keras_code import emit
from archspec.diagnostics import Source, Span
from archspec.diagnostics.diagnostic import ArchspecError, CompileError, Diagnostic, InternalError
from archspec.diagnostics.render import render, to_json
from archspec.diagnostics.sarif import to_sarif
from archspec.driver import Compiled, compile_source, compile_spec, each_model
from archspec.ir import json as ir_json
from archspec.ir.leaves import leaves
from archspec.report import headline, report
from archspec.stamp import is_stamped, stamp

#: Limits of one text: seconds of work in each step, and bytes of the process at its largest.
SECONDS = 2.0
BYTES = 300_000_000
#: So long is waited for a step that does not end.
PATIENCE = 30
#: Of one file so many models are tried.
MOST_MODELS = 1
#: Layers are listed one by one where there are fewer.
MOST_LAYERS = 200
#: Errors that are about no place in the text.
NOWHERE = {
    *("no-model", "ambiguous-model", "unknown-model", "unknown-parameter", "nesting-too-deep", "more-errors"),
    # These are about the file. There is no text of it, so no line can be shown.
    *("not-utf8", "file-too-large"),
}


@dataclass(frozen=True)
class Fault:
    """What is wrong: "traceback", "hangs", "slow" or "unsound"; the step it shows in, and the line it comes from."""

    kind: str
    step: str
    what: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.kind} in {self.step}{f', {self.where}' if self.where else ''}: {self.what}"


class TookTooLong(BaseException):
    """Not an Exception, so that nothing on the way takes it for one of its own."""


class Unsound(Exception):
    """What a step came to is wrong in itself."""


def _give_up(signum: int, frame: FrameType | None) -> None:
    raise TookTooLong


@dataclass
class Trial:
    """Carries out one step after another, and keeps what goes wrong."""

    seconds: float = SECONDS
    sources: Mapping[str, Source] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def step(self, name: str, work: Callable[[], Any]) -> Any:
        """Return what a step comes to, or None where it fails."""
        signal.signal(signal.SIGPROF, _give_up)
        signal.setitimer(signal.ITIMER_PROF, PATIENCE)
        started = time.process_time()
        result = None
        try:
            result = work()
        except CompileError as error:
            self.faults += [Fault("unsound", name, what) for what in faults_of(error.diagnostics, self.sources)]
        except TookTooLong:
            self.faults.append(Fault("hangs", name, f"more than {PATIENCE} s"))
        except Unsound as error:
            self.faults.append(Fault("unsound", name, str(error)))
        except Exception as error:
            # What archspec raises on purpose is a refusal that a person can read.
            if isinstance(error, InternalError) or not isinstance(error, ArchspecError):
                self.faults.append(Fault("traceback", name, f"{type(error).__name__}: {error}", _place(error)))
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        if (seconds := time.process_time() - started) > self.seconds:
            self.faults.append(Fault("slow", name, f"{seconds:.1f} s"))
        return result


def _place(error: BaseException) -> str:
    """Return the last line of archspec that an exception passed."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "archspec" in Path(frame.filename).parts] or frames
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}"


# --- the steps -------------------------------------------------------------------------------------------------------


def try_text(text: str | bytes, seconds: float = SECONDS) -> list[Fault]:
    """Do with a text all that the commands do. Bytes are a file; a string is what the Python API is given."""
    trial = Trial(seconds)
    for compiled in _compiled(text, trial):
        say_and_make(compiled, trial)
    return trial.faults


def say_and_make(compiled: Compiled, trial: Trial) -> None:
    """Print what is said of a model and, where it compiles, make of it all that there is."""
    trial.sources = compiled.sources
    trial.step("diagnostics", partial(hold, compiled))
    if compiled.graph is None or compiled.figures is None or _failed(compiled.diagnostics):
        return
    checked = compiled.checked()
    short = sum(1 for _ in zip(range(MOST_LAYERS), leaves(checked.graph), strict=False)) < MOST_LAYERS
    for name, work in (OUTPUTS | FLAT if short else OUTPUTS).items():
        trial.step(name, partial(work, checked))


def try_file(file: Path, seconds: float = SECONDS) -> list[Fault]:
    """Do the same with the bytes of a file and, where they are text, with that."""
    data = file.read_bytes()
    texts: list[str | bytes] = [data]
    with suppress(UnicodeDecodeError):
        # What a fuzzer made for the Python API may be no text of a file.
        texts.append(data.decode("utf-8", "surrogatepass"))
    return list(dict.fromkeys(fault for text in texts for fault in try_text(text, seconds)))


def _compiled(text: str | bytes, trial: Trial) -> Iterator[Compiled]:
    """Yield the outcome of compiling each model of a text."""
    if isinstance(text, str):
        compiled = trial.step("compile", partial(compile_source, Source("network", text)))
        if compiled is not None:
            yield compiled
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "net.arch"
        file.write_bytes(text)
        for spec in (trial.step("models", partial(each_model, str(file))) or [])[:MOST_MODELS]:
            compiled = trial.step("compile", partial(compile_spec, spec))
            if compiled is not None:
                yield compiled


def _failed(diagnostics: tuple[Diagnostic, ...]) -> bool:
    return any(diagnostic.severity == "error" for diagnostic in diagnostics)


def hold(compiled: Compiled) -> None:
    """Print what is said as text, JSON and SARIF. Raises Unsound."""
    _must(_failed(compiled.diagnostics) or compiled.figures is not None, "neither a graph nor an error")
    for fault in faults_of(compiled.diagnostics, compiled.sources):
        raise Unsound(fault)
    json.dumps([to_json(d) for d in compiled.diagnostics], ensure_ascii=False).encode()
    json.dumps(to_sarif(compiled.diagnostics, archspec.__version__), ensure_ascii=False).encode()


def _must(holds: bool, message: str) -> None:
    if not holds:
        raise Unsound(message)


def faults_of(diagnostics: tuple[Diagnostic, ...], sources: Mapping[str, Source]) -> Iterator[str]:
    """Yield what is wrong with diagnostics: each must say something, of a place that there is."""
    for diagnostic in diagnostics:
        said = render(diagnostic, sources)
        if not said.replace("\n", "").isprintable():
            yield f"unprintable: {said!r}"
        if diagnostic.span is None and diagnostic.code not in NOWHERE:
            yield f"no place: {diagnostic}"
        if (
            diagnostic.span is not None
            and diagnostic.code not in NOWHERE
            and (fault := _misplaced(diagnostic.span, sources))
        ):
            yield f"{fault}: {diagnostic}"


def _misplaced(span: Span, sources: Mapping[str, Source]) -> str:
    if span.file not in sources:
        return "in no file"
    lines = sources[span.file].lines
    if not 1 <= span.line <= span.end_line <= len(lines):
        return "outside the file"
    if (span.line, span.column) > (span.end_line, span.end_column) or span.column > len(lines[span.line - 1]) + 1:
        return "outside its line"
    return ""


def _report(format: str, checked: Checked) -> None:
    text = "\n".join([headline(checked), *report(checked, format)])
    text.encode()
    if format == "json":
        json.loads(text.partition("\n")[2])


def _code(style: Any, checked: Checked) -> None:
    text = stamp(str(emit(checked, style).content))
    text.encode()
    _must(is_stamped(text), "the checksum is not that of the text")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        compile(text, "generated", "exec")


def _ir(checked: Checked) -> None:
    _must(ir_json.from_json(ir_json.to_json(checked.graph)) == checked.graph, "the JSON does not load back equal")


def _svg(style: Any, checked: Checked) -> None:
    ElementTree.fromstring(draw(checked, "svg", style=style))


def _expand(checked: Checked) -> None:
    text = expand(checked)
    again = compile_source(Source("flat.arch", text))
    for diagnostic in again.diagnostics:
        _must(diagnostic.severity != "error", f"the flat text is wrong: {diagnostic.message}")
    was, now = (one.figures.weights[one.graph.main].total for one in (checked, again.checked()))
    _must(was == now, f"{was} parameters, and {now} in the flat text")


#: What is made of a model that compiles; and what lists its layers one by one, so is as long as they are many.
OUTPUTS: dict[str, Callable[[Checked], object]] = {
    "ir": _ir,
    **{f"{style} code": partial(_code, style) for style in ("subclass", "functional", "sequential")},
    **{f"{style} svg": partial(_svg, style) for style in ("blocks", "volume", "summary")},
    "mermaid": lambda checked: draw(checked, "mermaid"),
    "html": lambda checked: draw(checked, "html"),
    "dot": lambda checked: to_dot(checked).encode(),
}
FLAT: dict[str, Callable[[Checked], object]] = {
    **{f"report as {kind}": partial(_report, kind) for kind in ("table", "json", "csv", "markdown")},
    "expand": _expand,
}


def peak() -> int:
    """Return how many bytes this process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
