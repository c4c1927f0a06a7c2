"""Wrong specs: `tests/cases/errors/*.arch`. Each says above a line what is reported there, and nothing else may be.

`# error: 9-21 [shape-mismatch]` stands above the line that the error begins in: columns from 1, the end exclusive, as in
spans. `1-2+3` ends three lines further down. Text after the code must be part of the message or its help. What has no
place, or one in another file, stands on top: `# error: - [no-model]`, `# error: blocks.arch:4:3-6 [shape-mismatch]`.
So for `warning` and `note`. `# model: a` and `# set: width=3` say what is compiled, `# warn: NAME` what is looked for, and
`# limit: NAME=3` how much it may ask for.

The `.out` beside a file holds the messages as people see them.
"""

from __future__ import annotations

import contextlib
import re
from functools import cache
from pathlib import Path

import pytest

from archspec.diagnostics import Diagnostic, Source, render, to_json
from archspec.diagnostics.codes import CODES
from archspec.diagnostics.policy import Policy
from archspec.driver import Compiled, compile_source
from archspec.limits import Limits, allowing
from tests.elaborate.spec_cases import BLESS, CASES, Case, read_cases

FILES = sorted((CASES / "errors").glob("*.arch"))
EXPECTED = re.compile(r"^\s*# (error|warning|note): (\S+) \[([\w-]+)\] ?(.*)$")
NAME = "case.arch"


@cache
def compile_case(case: Case) -> Compiled:
    model = re.search(r"^# model: (.+)$", case.text, re.MULTILINE)
    settings = dict(line.split("=", 1) for line in re.findall(r"^# set: (.+)$", case.text, re.MULTILINE))
    limits = {name: int(most) for name, most in re.findall(r"^# limit: (\w+)=(\d+)$", case.text, re.MULTILINE)}
    policy = Policy(warn=frozenset(re.findall(r"^# warn: (.+)$", case.text, re.MULTILINE)))
    source = Source(NAME, case.text)
    # So that no name of this machine's folders is in a message.
    with contextlib.chdir(CASES / "errors"), allowing(Limits(**limits)):
        return compile_source(source, model=model and model[1], setting_texts=settings, home=Path(), policy=policy)


def rendered_case(case: Case) -> str:
    compiled = compile_case(case)
    return "\n\n".join(render(d, compiled.sources) for d in compiled.diagnostics)


def shown(path: Path) -> str:
    return "\n".join(f"--- {case.name}\n{rendered_case(case)}\n" for case in read_cases(path))


def place(diagnostic: Diagnostic) -> str:
    span = diagnostic.span
    if span is None:
        return "-"
    more = f"+{span.end_line - span.line}" if span.end_line > span.line else ""
    columns = f"{span.column}-{span.end_column}{more}"
    return columns if span.file == NAME else f"{span.file.replace(' ', '_')}:{span.line}:{columns}"


def line_of(diagnostic: Diagnostic) -> int:
    return diagnostic.span.line if diagnostic.span and diagnostic.span.file == NAME else 0


def expected(text: str) -> list[tuple[int, str, str, str, str]]:
    """Return what the comments expect: line, severity, place, code and text."""
    found, above = [], []
    for number, line in enumerate(text.split("\n"), 1):
        if match := EXPECTED.match(line):
            above.append(match.groups())
            continue
        if line.startswith(("# model:", "# set:", "# warn:", "# limit:")):
            continue
        found += [
            (number if re.match(r"\d", at) and ":" not in at else 0, severity, at, code, said)
            for severity, at, code, said in above
        ]
        above = []
    return found


@pytest.mark.parametrize("case", [case for path in FILES for case in read_cases(path)], ids=lambda case: case.id)
def test_wrong_spec(case: Case) -> None:
    compiled = compile_case(case)
    rendered = rendered_case(case)
    wanted = expected(case.text)
    got = [(line_of(d), d.severity, place(d), d.code) for d in compiled.diagnostics]
    assert sorted(got) == sorted(entry[:4] for entry in wanted), rendered
    for *key, said in wanted:
        fits = [d for d in compiled.diagnostics if [line_of(d), d.severity, place(d), d.code] == key]
        assert any(said in f"{d.message} {d.help}" for d in fits), rendered
    for diagnostic in compiled.diagnostics:
        render(diagnostic, compiled.sources, color=True)
        to_json(diagnostic)
        assert diagnostic.message[0] == "`" or not diagnostic.message[0].isupper() or diagnostic.message[:2] == "U+"
        assert not diagnostic.message.endswith(".")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_messages(path: Path) -> None:
    if BLESS:
        pytest.skip("`test_bless` writes them")
    assert shown(path) == path.with_suffix(".out").read_text(encoding="utf-8")


def test_there_are_many() -> None:
    cases = [case for path in FILES for case in read_cases(path)]
    assert len(cases) >= 300
    assert len({case.id for case in cases}) == len(cases)
    codes = {code for case in cases for _, _, _, code, _ in expected(case.text)}
    # These are of a backend, and of hundreds of errors: `tests/backends/test_keras_corners.py` and `test_fault_count.py`.
    assert codes == set(CODES) - {"unsupported-code", "more-errors"}


@pytest.mark.skipif(not BLESS, reason="writes the case files")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_bless(path: Path) -> None:
    header = re.match(r"(?s).*?(?=^# --- )", path.read_text(encoding="utf-8"), re.MULTILINE)
    parts = [header[0] if header else ""]
    for case in read_cases(path):
        said = {(code, at): text for _, _, at, code, text in expected(case.text) if text}
        lines = [line for line in case.text.rstrip("\n").split("\n") if not EXPECTED.match(line)]
        bare = Case(case.file, case.name, "\n".join(lines) + "\n")
        top: list[str] = []
        above: dict[int, list[str]] = {}
        for d in compile_case(bare).diagnostics:
            text = said.get((d.code, place(d)), "")
            line = f"# {d.severity}: {place(d)} [{d.code}] {text}".rstrip()
            (above.setdefault(line_of(d), []) if line_of(d) else top).append(line)
        body: list[str] = []
        for number, line in enumerate(lines, 1):
            indent = line[: len(line) - len(line.lstrip())]
            body += [indent + note for note in above.get(number, ())] + [line]
        parts.append("\n".join([f"# --- {case.name}", *top, *body]).rstrip() + "\n\n")
    path.write_text("".join(parts).rstrip("\n") + "\n", encoding="utf-8")
    path.with_suffix(".out").write_text(shown(path), encoding="utf-8")
