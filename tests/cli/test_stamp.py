"""The checksum that tells an edited file from a generated one."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archspec.stamp import is_stamped, stamp

TEXT = '# A network.\n# Made by archspec.\n\nimport keras\n\nx = "# not a header"\n'


def test_stamp_ends_the_header() -> None:
    lines = stamp(TEXT).split("\n")
    assert lines[:2] == TEXT.split("\n")[:2]
    assert lines[2].startswith("# checksum: ")
    assert lines[3:] == TEXT.split("\n")[2:]


def test_text_without_header() -> None:
    assert stamp("x = 1\n").split("\n")[1:] == ["x = 1", ""]
    assert is_stamped(stamp("x = 1\n"))


@given(st.text(alphabet="#ax \n"))
def test_any_text_holds_its_stamp(text: str) -> None:
    stamped = stamp(text)
    assert is_stamped(stamped)
    assert stamp(stamped) == stamped


@pytest.mark.parametrize(
    "old, new", [("keras", "torch"), ("A network", "My network"), ("\n\nx", "\nx"), ("header", "")]
)
def test_any_edit_shows(old: str, new: str) -> None:
    assert not is_stamped(stamp(TEXT).replace(old, new))


def test_unstamped() -> None:
    assert not is_stamped(TEXT)
    assert not is_stamped("")


def test_line_ends_of_another_system_are_no_edit() -> None:
    assert is_stamped(stamp(TEXT).replace("\n", "\r\n"))


DIAGRAMS = {
    ".svg": '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><title>net</title></svg>\n',
    ".dot": 'digraph "net" {\n  a -> b\n}\n',
}


@pytest.mark.parametrize("kind", DIAGRAMS)
def test_diagrams_hold_a_stamp_too(kind: str) -> None:
    stamped = stamp(DIAGRAMS[kind], kind)
    assert is_stamped(stamped, kind)
    assert stamp(stamped, kind) == stamped
    assert not is_stamped(stamped.replace("net", "mine"), kind)
    assert not is_stamped(DIAGRAMS[kind], kind)
    assert set(DIAGRAMS[kind].split("\n")) < set(stamped.split("\n"))


def test_a_stamped_drawing_is_still_one() -> None:
    assert ElementTree.fromstring(stamp(DIAGRAMS[".svg"], ".svg")).tag.endswith("svg")
