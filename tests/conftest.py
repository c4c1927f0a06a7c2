"""What all tests share: the repository's folders, and ways to run the command."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

ROOT = Path(__file__).resolve().parent.parent

Command = Callable[..., "subprocess.CompletedProcess[str]"]
Invoke = Callable[..., Result]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    if find_spec("keras") is not None and find_spec(backend) is not None:
        return
    for item in items:
        if item.get_closest_marker("keras"):
            item.add_marker(pytest.mark.skip(reason="needs TensorFlow: pip install '.[test]'"))


@pytest.fixture
def root() -> Path:
    """The top of the repository."""
    return ROOT


@pytest.fixture
def archspec(tmp_path: Path) -> Command:
    """Run `archspec` as a process of its own, in a folder of its own."""

    def run(*args: str, stdin: str | bytes = "", **variables: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1", "PYTHONUTF8": "1"} | variables
        data = stdin.encode() if isinstance(stdin, str) else stdin
        command = [sys.executable, "-m", "archspec", *args]
        done = subprocess.run(command, input=data, capture_output=True, cwd=tmp_path, env=env, timeout=120)
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def invoke(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Invoke:
    """Run `archspec` in this process, in a folder of its own; quicker than `archspec`."""
    from archspec.cli.app import app

    monkeypatch.chdir(tmp_path)

    def run(*args: str, input: str | None = None) -> Result:
        return CliRunner().invoke(app, args, input=input, prog_name="archspec", catch_exceptions=False)

    return run
