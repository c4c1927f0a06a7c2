"""Each limit ends a spec that asks for more in an error of its own, and can be moved."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from archspec.diagnostics import Source
from archspec.driver import compile_source, compile_spec
from archspec.limits import Limits, allowing, limits
from tests.conftest import Invoke

#: By limit: a spec that needs just so much of it, and the code of the error where there is less.
NEEDS = {
    "layers": ("input 8\ndense(8) * 40\n", 40, "too-many-layers"),
    "nodes": ("input 8\nfor n in [3, 4] * 20 { dense(n) }\n", 40, "too-many-layers"),
    "items": ("input 8\nlet x = [1] * 40\ndense(len(x))\n", 40, "value-too-large"),
    # The list; then a hundred for the iteration, and for the operation in it.
    "work": ("input 8\nfor i in 0..40 { relu }\n", None, "too-many-steps"),
    "name": (f"input 8\ndense(3) as {'n' * 40}\n", 40, "name-too-long"),
    "files": ('use "a.arch"\nuse "b.arch"\ninput 8\na -> b\n', 3, "too-many-files"),
}


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.arch").write_text("block a { relu }\n")
    (tmp_path / "b.arch").write_text("block b { relu }\n")


def codes(text: str, given: Limits) -> list[str]:
    with allowing(given):
        return [
            d.code for d in compile_source(Source("net.arch", text), home=Path()).diagnostics if d.severity == "error"
        ]


@pytest.mark.parametrize("name", NEEDS)
def test_a_limit(name: str) -> None:
    text, needed, code = NEEDS[name]
    assert codes(text, Limits()) == []
    if needed is not None:
        assert codes(text, Limits(**{name: needed})) == []
        assert codes(text, Limits(**{name: needed - 1})) == [code]
    else:
        assert codes(text, Limits(**{name: 200})) == [code]


def test_the_size_of_a_file(tmp_path: Path) -> None:
    text = "input 8\ndense(3)\n"
    (tmp_path / "net.arch").write_text(text)
    for size, found in ((len(text), []), (len(text) - 1, ["file-too-large"])):
        with allowing(Limits(file_bytes=size)):
            assert [d.code for d in compile_spec("net.arch").diagnostics] == found


def test_every_limit_has_a_row() -> None:
    assert {field.name for field in fields(Limits)} == {*NEEDS, "file_bytes"}


def test_they_hold_only_for_a_while() -> None:
    with allowing(Limits(layers=3)):
        assert limits().layers == 3
    assert limits() == Limits()


def test_more_than_by_default(invoke: Invoke, tmp_path: Path) -> None:
    (tmp_path / "deep.arch").write_text("input 8\ndense(8) * 20M\n")
    done = invoke("check", "deep.arch")
    assert done.exit_code == 1
    assert "help: `--limit layers=…` allows more" in done.stderr
    # 8 * 8 + 8 parameters in each.
    assert f"{72 * 20_000_000:,} params" in invoke("check", "deep.arch", "--limit", "layers=20M").stdout


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("layer=3", "did you mean `layers`?"),
        ("layers=many", "NAME=NUMBER"),
        ("layers", "NAME=NUMBER"),
        ("x=3", "file_bytes"),
    ],
)
def test_what_is_no_limit(invoke: Invoke, given: str, says: str) -> None:
    done = invoke("check", "vgg11", "--limit", given)
    assert done.exit_code == 2
    assert says in done.stderr
