"""A brace may begin the line after what it belongs to."""

from __future__ import annotations

import pytest

from tests.syntax.test_language import outline, parsed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("input 8\nrepeat 2\n{\n  conv\n}", ["Input", "Repeat"]),
        ("concat\n{ | conv | bn }\nconcat\n\n{ | relu | bn }", ["concat[conv | bn]", "concat[relu | bn]"]),
        ("if a\n{ conv }\nelse\n{ bn }", ["if[conv | bn]"]),
        ("for a in b  # text\n{ conv }\nbn", ["for[conv]", "bn"]),
    ],
)
def test_a_brace_on_the_next_line(text: str, expected: list[str]) -> None:
    assert outline(parsed(text)) == expected


def test_a_header_before_it() -> None:
    (block,) = parsed("block f(n)\n{\n  conv\n}").blocks
    assert outline(block.body) == ["conv"]
