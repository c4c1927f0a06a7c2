"""What is written to keep a machine busy, or to fill it, ends in its error: at once, and in little memory."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import ROOT

#: What each may take, starting the process included: on a machine that is busy, as many times what a small spec takes.
SECONDS, TIMES, BYTES = 1.0, 5, 200_000_000


@dataclass(frozen=True)
class Bomb:
    name: str
    code: str
    text: str
    files: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def _ring(count: int) -> dict[str, str]:
    return {f"f{n}.arch": f'use "f{(n + 1) % count}.arch"\nblock b{n} {{ relu }}\n' for n in range(count)}


BOMBS = [
    Bomb("a trillion repetitions", "too-many-layers", "repeat 10**12 { dense(8) }"),
    Bomb("a trillion of a step", "too-many-layers", "dense(8) * 1_000_000_000_000"),
    Bomb("repeats in repeats", "too-many-layers", f"{'repeat 1000 { ' * 10}dense(8){' }' * 10}"),
    Bomb("repeats in repeats of what differs", "too-many-layers", "repeat 9999 as i { repeat 9999 as j { dense(i + j + 1) } }"),
    Bomb("repeats in repeats of nothing that is kept", "too-many-steps", "for i in 0..99999 { for j in 0..99999 { let n = i * j } }\ndense(n)"),
    Bomb("blocks in blocks, each twice", "too-many-layers", "".join(f"block b{n} {{ b{n + 1} -> b{n + 1} }}\n" for n in range(60)) + "block b60 { dense(8) }\nb0"),
    Bomb("blocks in blocks, each twice, none equal", "too-many-layers", "".join(f"block b{n}(w) {{ b{n + 1}(2 * w) -> b{n + 1}(2 * w + 1) }}\n" for n in range(30)) + "block b30(w) { dense(w) }\nb0(1)"),
    Bomb("a tower of powers", "number-too-large", "let n = 10**10**10\ndense(n)"),
    Bomb("a number by squaring", "number-too-large", "let n = 10\nrepeat 10_000 { let n = n * n }\ndense(n)"),
    Bomb("a number of a million digits", "number-too-large", f"dense({'9' * 1_000_000})"),
    Bomb("a hundred thousand brackets", "nesting-too-deep", f"dense({'(' * 100_000}3{')' * 100_000})"),
    Bomb("a hundred thousand brackets that stay open", "nesting-too-deep", "dense" + "(" * 100_000),
    Bomb("a hundred thousand square brackets", "nesting-too-deep", f"let x = {'[' * 100_000}{']' * 100_000}"),
    Bomb("a hundred thousand braces", "nesting-too-deep", f"{'repeat 1 { ' * 100_000}relu{' }' * 100_000}"),
    Bomb("a hundred thousand signs", "nesting-too-deep", f"dense({'-' * 100_000}3)"),
    Bomb("a hundred thousand negations", "nesting-too-deep", f"if {'not ' * 100_000}true {{ relu }}"),
    Bomb("a sum of a hundred thousand", "nesting-too-deep", f"dense({'1 + ' * 100_000}1)"),
    Bomb("powers of powers", "nesting-too-deep", f"dense({'1 ** ' * 100_000}1)"),
    Bomb("an index of an index", "nesting-too-deep", f"let x = [1]{'[0]' * 100_000}"),
    Bomb("a hundred thousand closing brackets", "unclosed-bracket", "dense(3)" + ")" * 100_000),
    Bomb("a block through three others", "recursive-block", "block a { b }\nblock b { c }\nblock c { d }\nblock d { a }\na"),
    Bomb("a block through a hundred and fifty others", "nesting-too-deep", "".join(f"block b{n} {{ b{n + 1} }}\n" for n in range(150)) + "block b150 { relu }\nb0"),
    Bomb("files in a circle", "import-cycle", "relu", {"a.arch": 'use "b.arch"\n', "b.arch": 'use "c.arch"\n', "c.arch": 'use "a.arch"\n'}),
    Bomb("three hundred files in a row", "too-many-files", "relu", {f"f{n}.arch": f'use "f{n + 1}.arch"\n' for n in range(300)}),
    Bomb("a file through two hundred others", "import-cycle", "relu", _ring(200)),
    Bomb("a list by doubling", "value-too-large", "let x = [1]\nrepeat 60 { let x = x + x }\ndense(3)"),
    Bomb("a list of lists by doubling", "value-too-large", "let x = [1]\nrepeat 60 { let x = [x, x] }\ndense(3)"),
    Bomb("a list many times", "value-too-large", "let x = [0] * 10**12\ndense(3)"),
    Bomb("a text by doubling", "value-too-large", 'let x = "a"\nrepeat 60 { let x = x + x }\ndense(3)'),
    Bomb("a text many times", "invalid-operands", 'let x = "a" * 10**12\ndense(3)'),
    Bomb("a long range", "value-too-large", "for i in 0..10**12 { dense(8) }"),
    Bomb("a long range from far below", "value-too-large", "for i in (-10**12)..10 { dense(8) }"),
    Bomb("a long range by its function", "value-too-large", "for i in range(10**12) { dense(8) }"),
    Bomb("a shape of a million lengths", "invalid-shape", f"reshape({'x'.join(['1'] * 1_000_000)})"),
    Bomb("an input of a million lengths", "invalid-shape", f"input {'x'.join(['1'] * 1_000_000)}\nrelu"),
    Bomb("a kernel of a million lengths", "invalid-shape", f"input 8x8x3\nconv(4, {'x'.join(['1'] * 1_000_000)})"),
    Bomb("a long name", "name-too-long", f"dense(3) as {'n' * 9_000_000}"),
    Bomb("a long layer", "name-too-long", "n" * 9_000_000),
    Bomb("many long names", "name-too-long", "\n".join("relu as " + "n" * (300 + n) for n in range(1000))),
    Bomb("a long letter string", "name-too-long", f'input 8x8x3\n"{"A" * 9_000_000}"'),
    Bomb("ten thousand unknown layers", "unknown-step", "\n".join(f"nosuch{n}" for n in range(10_000))),
    Bomb("a hundred thousand strange characters", "unexpected-character", "$" * 100_000),
    Bomb("a length that grows", "value-too-large", "input (T, U, 8)\nlet n = 1\nrepeat 400 { let n = n * (height + width) }\ndense(n)"),
    Bomb("faults in loops in loops", "invalid-argument", "covn\nrepeat 99999 as i { repeat 99999 as j { dense(-1) -> dense(-i - j) } }"),
    Bomb("what is unknown in loops in loops", "too-many-layers", "covn\nrepeat 99999 as i { repeat 99999 as j { dense(i + j + 1) } }"),
    Bomb("what is unknown in blocks in blocks", "unknown-step", "".join(f"block b{n} {{ b{n + 1} -> b{n + 1} }}\n" for n in range(60)) + "block b60 { dense(8) }\ncovn -> b0"),
]  # fmt: skip


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="measures a process as POSIX does")
@pytest.mark.parametrize("bomb", BOMBS, ids=str)
def test_a_bomb_ends_in_its_error(bomb: Bomb, tmp_path: Path, seconds: float) -> None:
    for name, text in bomb.files.items():
        (tmp_path / name).write_text(text)
    uses = "".join(f'use "{name}"\n' for name in [*bomb.files][:1])
    start = "" if "input" in bomb.text else "input 8\n"
    (tmp_path / "bomb.arch").write_text(f"{uses}{start}{bomb.text}\n")
    _check(bomb.code, tmp_path, seconds)


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="measures a process as POSIX does")
def test_a_file_of_a_hundred_megabytes(tmp_path: Path, seconds: float) -> None:
    with (tmp_path / "bomb.arch").open("wb") as file:
        file.truncate(100_000_000)
    _check("file-too-large", tmp_path, seconds)


@pytest.fixture(scope="module")
def seconds(tmp_path_factory: pytest.TempPathFactory) -> float:
    """Return the processor time that a bomb may take."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "bomb.arch").write_text("input 8\ndense(3)\n")
    return max(SECONDS, TIMES * min(_run(folder)[2] for _ in range(3)))


#: Starts a process and prints its exit code, processor time and memory. A process counts as its own the memory that the
#: one which started it had, so a small one does.
_MEASURE = """
import os, sys
to_file = [(os.POSIX_SPAWN_OPEN, 1, "said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), (os.POSIX_SPAWN_DUP2, 1, 2)]
process = os.posix_spawn(sys.executable, [sys.executable, *sys.argv[1:]], os.environ, file_actions=to_file)
_, status, used = os.wait4(process, 0)
print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


def _run(folder: Path) -> tuple[int, str, float, float]:
    """Return the exit code, what is said, and the processor time and memory of checking the file in a folder."""
    command = [sys.executable, "-c", _MEASURE, "-m", "archspec", "check", "bomb.arch", "--format", "json"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=True)
    status, seconds, memory = map(float, done.stdout.split())
    said = (folder / "said.txt").read_text()
    return int(status), said, seconds, memory * (1 if sys.platform == "darwin" else 1024)


def _check(code: str, folder: Path, seconds: float) -> None:
    status, said, taken, memory = _run(folder)
    assert status == 1, said[-2000:]
    assert "Traceback" not in said
    assert f'"{code}"' in said, said[:2000]
    assert len(said) < 1_000_000
    assert memory < BYTES
    # Processor time too is longer where others work on the machine; a bomb is what is long each time.
    assert taken < seconds or min(_run(folder)[2] for _ in range(2)) < seconds
