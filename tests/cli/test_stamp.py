"""The checksum that tells an edited file from a generated one."""

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
