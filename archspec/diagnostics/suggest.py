"""What to offer in `help` lines: the nearest known name, the numbers that divide another."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate most like `name`, if one is like enough."""
    # Only a wrong spec needs it, so only a wrong spec pays for the import.
    from difflib import get_close_matches

    by_lower = {candidate.lower(): candidate for candidate in sorted(candidates, reverse=True)}
    wanted = name[:100].lower()
    found = get_close_matches(wanted, by_lower, n=1, cutoff=0.7)
    # Of a short name two letters in the wrong order are much of it.
    found = found or [candidate for candidate in by_lower if sorted(candidate) == sorted(wanted)]
    if not found:
        # A word of a longer name is that name, if it is no other's: `kernel` of `kernel_size`.
        parts = [candidate for candidate in by_lower if wanted in candidate.split("_")]
        found = parts if len(parts) == 1 else []
    return by_lower[found[0]] if found else None


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """Return a `help` text, or "" where nothing is near."""
    found = nearest(name, candidates)
    return f"did you mean `{found}`?" if found else ""


def write(text: str, why: str = "") -> str:
    """Return the `help` that puts a text in place of what is underlined."""
    what = f"write `{text}`" if text.strip() else "leave it out"
    return f"{why}: {what}" if why else what


def divisors(number: int) -> list[int]:
    """Return what divides a positive number: itself, and whatever up to 1,000 does."""
    return [n for n in range(1, min(number - 1, 1000) + 1) if number % n == 0] + [number]


def listed(numbers: list[int]) -> str:
    """Return a list as a person would write it, its middle left out where it is long."""
    texts = [str(number) for number in numbers]
    if len(texts) > 12:
        texts = [*texts[:10], "…", texts[-1]]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
