"""No text, however broken, raises, and every text that does not parse has an error that says why."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archspec.diagnostics import Diagnostics, Source, render
from archspec.syntax import parse
from archspec.syntax.grammar import tables

_WORDS = [terminal.pattern for terminal in tables().terminals if terminal.word]
_SAMPLES = (
    'a conv _ 0 3 0.5 5M 3x3 ?x80 d0.2 s# #x# "s" .. ** // == != <= < >= > -> + - * / % = , : ; | . ? é $ \' " \\ =>'
)
_BRACKETS = "( ) [ ] { } { }"
_TOKENS = st.sampled_from([*_WORDS, *_SAMPLES.split(), *_BRACKETS.split(), "\n", "\n", " ", "# c\n"])
_TEXTS = st.one_of(
    st.lists(_TOKENS, max_size=40).map(" ".join),
    st.lists(_TOKENS, max_size=40).map("".join),
    st.text(max_size=60),
)


def check(text: str) -> None:
    source = Source("t.arch", text)
    diagnostics = Diagnostics()
    file = parse(source, diagnostics)
    assert (file is None) == diagnostics.failed
    for diagnostic in diagnostics.items:
        if diagnostic.code == "more-errors":
            continue
        assert diagnostic.span is not None
        assert 1 <= diagnostic.span.line <= len(source.lines)
        assert 1 <= diagnostic.span.column <= len(source.line(diagnostic.span.line)) + 1
        assert render(diagnostic, {"t.arch": source}).replace("\n", "").isprintable()


@settings(max_examples=400, deadline=None)
@given(_TEXTS)
def test_no_text_raises(text: str) -> None:
    check(text)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_damage_to_a_spec_raises(data: st.DataObject) -> None:
    text = Path(__file__).with_name("sample.arch").read_text("utf-8")
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(start + 5, len(text))))
        text = text[:start] + data.draw(st.one_of(st.just(""), _TOKENS)) + text[end:]
    check(text)


_UNITS = ["(", ")", "{(", "{(}", "(]", "a[", "$", "'", '"', "\\", "x", "9", "3x", "conv ->", "a b\n", "- ", "| ", "1_"]


@pytest.mark.parametrize("unit", _UNITS)
def test_long_nonsense_takes_linear_time(unit: str) -> None:
    started = time.perf_counter()
    check(unit * 20_000)
    assert time.perf_counter() - started < 5
