"""Nearest known name, for `help` lines."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate most like `name`, if one is like enough."""
    # Only a wrong spec needs it, so only a wrong spec pays for the import.
    from difflib import get_close_matches

    by_lower = {candidate.lower(): candidate for candidate in sorted(candidates, reverse=True)}
    found = get_close_matches(name[:100].lower(), by_lower, n=1, cutoff=0.7)
    return by_lower[found[0]] if found else None


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """Return a `help` text, or "" where nothing is near."""
    found = nearest(name, candidates)
    return f"did you mean `{found}`?" if found else ""
