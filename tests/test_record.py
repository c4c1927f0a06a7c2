"""Records behave as frozen dataclasses with slots do."""

from __future__ import annotations

import dataclasses
from functools import cached_property
from typing import ClassVar

import pydantic
import pytest

from archspec.record import Record, field, replace, values


class Point(Record):
    x: int
    y: int = 2
    note: str = field(default="", compare=False, repr=False, kw_only=True)


class Longer(Point):
    limit: ClassVar[int] = 9
    z: int = 3


class Empty(Record):
    pass


class Checked(Record):
    size: int

    def __post_init__(self) -> None:
        if self.size < 0:
            raise ValueError("too small")


def test_fields_by_position_by_name_and_by_default() -> None:
    point = Point(1, note="here")
    assert (point.x, point.y, point.note) == (1, 2, "here")
    assert (Point(1, 5).y, Point(y=6, x=1).y) == (5, 6)


@pytest.mark.parametrize(("values", "named"), [((), {}), ((1, 2, 3), {}), ((1,), {"w": 1})])
def test_wrong_fields(values: tuple[int, ...], named: dict[str, int]) -> None:
    with pytest.raises(TypeError):
        Point(*values, **named)  # type: ignore[arg-type]


def test_a_subclass_has_fields_of_its_own_even_after_its_base_was_used() -> None:
    Point(1)
    longer = Longer(1, 2, 7, note="x")
    assert (longer.x, longer.z, longer.limit, longer.note) == (1, 7, 9, "x")
    assert Longer.__match_args__ == ("x", "y", "z")


class Pair(Record):
    """As many fields as `Point` has, with other names, and other ones by name alone."""

    left: int
    right: str = field(default="r", kw_only=True)
    far: int = field(kw_only=True)


class Text(Record):
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return self.text.split("\n")


def test_classes_with_as_many_fields_are_told_apart() -> None:
    point, pair = Point(1, 5, note="n"), Pair(7, far=9)
    assert (point.x, point.y, point.note) == (1, 5, "n")
    assert (pair.left, pair.right, pair.far) == (7, "r", 9)
    with pytest.raises(TypeError, match="far"):
        Pair(7)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Pair(7, far=9, note="n")  # type: ignore[call-arg]


def test_what_a_record_works_out_is_kept() -> None:
    text = Text("a\nb")
    assert text.lines == ["a", "b"]
    assert text.lines is text.lines
    assert text == Text("a\nb")
    assert repr(text) == "Text(text='a\\nb')"
    with pytest.raises(AttributeError):
        text.text = "c"  # type: ignore[misc]


def test_equality_and_hash_leave_out_what_is_not_compared() -> None:
    assert Point(1, note="a") == Point(1, note="b")
    assert hash(Point(1, note="a")) == hash(Point(1, note="b"))
    assert Point(1) != Point(2)
    assert Point(1) != Longer(1)
    assert Point(1) != (1, 2)
    assert Empty() == Empty()
    assert len({Point(1), Point(1), Point(2)}) == 2


def test_shown_as_it_is_written() -> None:
    assert repr(Point(1, note="a")) == "Point(x=1, y=2)"


def test_frozen_and_closed() -> None:
    point = Point(1)
    with pytest.raises(AttributeError):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        del point.x
    with pytest.raises(AttributeError):
        point.w = 2  # type: ignore[attr-defined]
    assert not hasattr(point, "__dict__")


def test_replace() -> None:
    assert replace(Point(1, 5, note="n"), x=3).__repr__() == "Point(x=3, y=5)"
    assert replace(Point(1, note="n"), x=3).note == "n"
    with pytest.raises(TypeError):
        replace(Point(1), w=3)


def test_checks_after_the_fields_are_set() -> None:
    assert Checked(1).size == 1
    with pytest.raises(ValueError, match="too small"):
        Checked(-1)


def test_matches_by_position() -> None:
    match Point(1):
        case Point(1, y):
            assert y == 2
        case _:
            raise AssertionError


def test_a_dataclass_to_others() -> None:
    point = Longer(1, note="a")
    assert dataclasses.is_dataclass(Longer) and dataclasses.is_dataclass(point)
    assert [(f.name, f.type, f.kw_only) for f in dataclasses.fields(point)] == [
        ("x", "int", False),
        ("y", "int", False),
        ("note", "str", True),
        ("z", "int", False),
    ]
    assert dataclasses.asdict(point) == {"x": 1, "y": 2, "note": "a", "z": 3}
    assert dataclasses.replace(point, y=5) == Longer(1, 5, note="a")


def test_validated_by_pydantic() -> None:
    adapter = pydantic.TypeAdapter(Longer)
    made = adapter.validate_json('{"x": 4, "note": "b"}')
    assert (made, made.note) == (Longer(4), "b")
    assert adapter.dump_python(made) == {"x": 4, "y": 2, "note": "b", "z": 3}
    with pytest.raises(pydantic.ValidationError):
        adapter.validate_python({"x": "many"})


def test_what_it_holds() -> None:
    assert values(Longer(1, note="a")) == (1, 2, "a", 3)
    assert (values(Checked(4)), values(Empty())) == ((4,), ())
