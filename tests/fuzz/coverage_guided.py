"""Looks for texts that break archspec, led by what they reach of its code. Needs Atheris: `pip install atheris`.

    python -m tests.fuzz.coverage_guided                          an hour
    python -m tests.fuzz.coverage_guided --minutes 5 --keep DIR   the corpus and what was found stay in DIR
    python -m tests.fuzz.coverage_guided --replay FILE            what is wrong with this text, without Atheris

The first byte of an input says what it is: the bytes of a file, unicode text among words of the language, or choices
among the productions of the grammar. What is wrong is printed once for each place that it comes from, and the text kept in
DIR/found: mended, it belongs in `tests/fuzz/crashes`, each text of which a test tries again.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

# Nothing of archspec is imported before `hunt`, which has all of it counted.

#: Code that counts what it reaches is so many times slower. What takes long then, or adds so many bytes to the process, is
#: tried again in a process of its own.
SLOWER = 10
MUCH = 50_000_000
#: The longest input, in bytes.
LONGEST = 2000
FILE, UNICODE, PROGRAM = range(3)
#: What is not in the language, but looks like it, or is invisible, or has no bytes.
ODD = list(
    "\u00e9\u00b2\u00bd\u0663\ufb01\u2192\u201c\u2212\u00d7\u0130\u00a0\u2028\u202e\u200b\ufeff"
    "\0\x1b\x85\r\t\\'\ud800\U0001d4b3\U0010ffff"
)


def text_of(data: bytes, atheris: Any) -> str | bytes:
    """Return the text that an input stands for."""
    from tests.fuzz.programs import program, words

    mode, rest = (data[0] % 3, data[1:]) if data else (FILE, b"")
    if mode == FILE:
        return rest
    provider = atheris.FuzzedDataProvider(rest)
    choose = lambda count: provider.ConsumeIntInRange(0, count - 1)  # noqa: E731
    if mode == PROGRAM:
        return program(choose)
    known = [*words(), *ODD, "\n", " "]
    texts = []
    while provider.remaining_bytes():
        texts.append(known[choose(len(known))] if choose(4) else provider.ConsumeUnicode(1 + choose(8)))
    return " ".join(texts) if choose(2) else "".join(texts)


def seeds() -> Iterator[bytes]:
    """Yield texts to begin with: the shipped specs, the cases of the tests and the examples of the documentation."""
    from archspec.layers import registry
    from archspec.resources import folder
    from tests.fuzz.programs import examples_of

    tests = Path(__file__).parent.parent
    files = [path for name in ("cases", "fuzz/crashes") for path in sorted((tests / name).glob("**/*.arch"))]
    texts = [path.read_text("utf-8") for name in ("specs", "stdlib") for path in folder(name).glob("*.arch")]
    texts += [text for path in files for text in path.read_text("utf-8", "replace").split("\n# ---")]
    texts += [text for layer in registry.all_layers() for text in examples_of(layer.__doc__ or "")]
    yield from (bytes([FILE]) + text.encode() for text in texts if len(text) < LONGEST)
    yield from (bytes([mode]) + Random(seed).randbytes(100) for mode in (UNICODE, PROGRAM) for seed in range(64))


class Hunt:
    """Tries inputs, and keeps a text for each fault that no other text had."""

    def __init__(self, atheris: Any, kept: Path) -> None:
        self._atheris, self._kept = atheris, kept
        self._known: set[str] = set()
        self._peak = 0

    def __call__(self, data: bytes) -> None:
        from tests.fuzz.outputs import SECONDS, peak, try_text

        text = text_of(data, self._atheris)
        faults = try_text(text, SECONDS * SLOWER)
        before, self._peak = self._peak, peak()
        again = any(fault.kind in ("slow", "hangs") for fault in faults) or (before and self._peak - before > MUCH)
        for line in replayed(text) if again else map(str, faults):
            # What stands before the colon is the same for all texts that show this fault.
            key = line.partition(":")[0]
            if key not in self._known:
                self._known.add(key)
                file = self._kept / f"{len(self._known)}.arch"
                write(file, text)
                print(f"{file}: {line}", flush=True)


def write(file: Path, text: str | bytes) -> None:
    file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))


def replayed(text: str | bytes) -> list[str]:
    """Return what is wrong with a text in a process that does nothing else."""
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "text.arch"
        write(file, text)
        command = [sys.executable, "-m", "tests.fuzz.coverage_guided", "--replay", str(file)]
        done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout.splitlines() if done.returncode in (0, 1) else [f"crash: {done.stderr[-300:]}"]


def replay(file: Path) -> int:
    """Print what is wrong with the text of a file, and return the exit code."""
    from tests.fuzz.outputs import BYTES, peak, try_file

    wrong = [str(fault) for fault in try_file(file)]
    if peak() > BYTES:
        wrong.append(f"large: {peak() / 1e6:.0f} MB")
    for line in wrong:
        print(line)
    return 1 if wrong else 0


def hunt(minutes: float, kept: Path) -> None:
    import atheris

    with atheris.instrument_imports(include=["archspec"]):
        import archspec

        for module in pkgutil.walk_packages(archspec.__path__, "archspec."):
            if not module.name.endswith(("__main__", ".notebook")) and "keras_build" not in module.name:
                importlib.import_module(module.name)
        importlib.import_module("tests.fuzz.outputs")

    corpus, found = kept / "corpus", kept / "found"
    for place in (corpus, found):
        place.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds()):
        (corpus / f"seed{number}").write_bytes(seed)
    dictionary = kept / "words.dict"
    dictionary.write_text(dictionary_text())
    options = {
        "max_total_time": round(minutes * 60),
        "max_len": LONGEST,
        "dict": dictionary,
        "timeout": 300,
        "rss_limit_mb": 8000,
        "artifact_prefix": f"{kept}/",
    }
    given = [f"-{name}={value}" for name, value in options.items()]
    atheris.Setup([sys.argv[0], str(corpus), *given], Hunt(atheris, found))
    atheris.Fuzz()


def dictionary_text() -> str:
    """Return the words of the language, and odd characters, as a dictionary for libFuzzer."""
    from tests.fuzz.programs import words

    coded = (word.encode("utf-8", "surrogatepass").hex(" ") for word in [*words(), *ODD])
    return "".join('"\\x{}"\n'.format(code.replace(" ", "\\x")) for code in coded if code)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="a folder of its own, made where there is none")
    parser.add_argument("--replay", type=Path, metavar="FILE")
    options = parser.parse_args()
    if options.replay:
        sys.exit(replay(options.replay))
    hunt(options.minutes, options.keep or Path(tempfile.mkdtemp(prefix="archspec-fuzz-")))


if __name__ == "__main__":
    main()
