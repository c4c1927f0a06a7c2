"""What a command loads: no numerical library, and little memory."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

MEASURE = """
import json, sys
from archspec.cli import main
try:
    main()
except SystemExit as exit:
    code = exit.code
peak = 0
try:
    for line in open("/proc/self/status"):
        if line.startswith("VmHWM"):
            peak = int(line.split()[1]) / 1024
except OSError:
    pass
print(json.dumps({"code": code, "modules": sorted(sys.modules), "peak_mb": peak}), file=sys.stderr)
"""


def measure(tmp_path: Path, *args: str) -> dict[str, Any]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, *args], capture_output=True, text=True, cwd=tmp_path, env=env, check=True
    )
    found: dict[str, Any] = json.loads(done.stderr.splitlines()[-1])
    assert found["code"] == 0, done.stderr
    return found


COMMANDS = [
    ("summary",),
    ("check",),
    ("build",),
    ("build", "--no-diagram"),
    ("expand",),
    ("diagram", "-o", "x.svg"),
]


@pytest.mark.parametrize("spec", ["vgg11", "googlenet", "resnet18"])
@pytest.mark.parametrize("args", COMMANDS, ids=" ".join)
def test_no_numerical_library_and_little_memory(tmp_path: Path, args: tuple[str, ...], spec: str) -> None:
    found = measure(tmp_path, *args, spec)
    heavy = {"tensorflow", "keras", "numpy"} & set(found["modules"])
    assert not heavy
    assert found["peak_mb"] < 60


def test_command_line_alone_loads_no_compiler(tmp_path: Path) -> None:
    modules = measure(tmp_path, "--help")["modules"]
    assert not {"pydantic", "lark", "jinja2", "graphviz", "archspec.driver"} & set(modules)


def test_nothing_looks_for_plugins(tmp_path: Path) -> None:
    found = measure(tmp_path, "check", "vgg11")["modules"]
    assert "pydantic" in found
    assert "importlib.metadata" not in found


def test_what_else_pydantic_has_there_is_its_own() -> None:
    code = (
        "from archspec import cli; cli._do_without_plugins()\n"
        "from pydantic.plugin._loader import get_plugins; assert not get_plugins()\n"
        "from pydantic.plugin._loader import PYDANTIC_ENTRY_POINT_GROUP as group; print(group)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout == "pydantic\n"


def test_import_loads_nothing(tmp_path: Path) -> None:
    code = "import sys; before = set(sys.modules); import archspec; print(*sorted(set(sys.modules) - before))"
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=env, check=True)
    loaded = set(done.stdout.split())
    assert {name for name in loaded if name.startswith("archspec")} == {"archspec"}
    assert not {"click", "pydantic", "lark", "jinja2", "graphviz", "importlib.metadata"} & loaded
