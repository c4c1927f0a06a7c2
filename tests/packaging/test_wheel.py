"""What is installed is whole: a wheel made from the sdist, in an environment of its own, far from the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from archspec.driver import each_model
from tests.conftest import ROOT

SPEC = """
input 32x32x3
CBAPD(8, 3x3)
residual(16, 1x1, s2)
gap -> dense(10, softmax)
"""


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the sdist, and the wheel from it, from a copy without build leftovers."""
    pytest.importorskip("build")
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("dist")
    copy = folder / "source"
    ignored = shutil.ignore_patterns(".git", ".venv", "venv", "dist", "build", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, copy, ignore=ignored)
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(copy)],
        check=True,
        capture_output=True,
        text=True,
    )
    return folder


@pytest.fixture(scope="module")
def python(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a fresh environment. Its dependencies are those of this one, so nothing is fetched."""
    home = tmp_path_factory.mktemp("home") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    (wheel,) = dist.glob("*.whl")
    install = ["install", "--quiet", "--no-deps", "--no-index", "--disable-pip-version-check", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), *install], check=True)
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    (Path(site) / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def run(python: Path, folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command in a folder outside the checkout."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    env["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), env.get("PATH", "")])
    command = python.parent / "archspec"
    return subprocess.run([command, *args], cwd=folder, env=env, capture_output=True, text=True, timeout=120)


def test_what_runs_is_the_installed_package(python: Path, tmp_path: Path) -> None:
    code = "import archspec; print(archspec.__file__)"
    done = subprocess.run([python, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert Path(done.stdout.strip()).is_relative_to(python.parent.parent)


def test_shipped_spec_by_name(python: Path, tmp_path: Path) -> None:
    done = run(python, tmp_path, "build", "vgg11")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("vgg11  10  128,806,154 params  7.55 G MACs\n")
    assert sorted(p.name for p in (tmp_path / "generated").iterdir()) == ["vgg11.dot", "vgg11.py", "vgg11.svg"]


def test_file_that_uses_the_standard_library(python: Path, tmp_path: Path) -> None:
    (tmp_path / "net.arch").write_text(SPEC)
    done = run(python, tmp_path, "check", "net.arch")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("ok net  10 ")


def test_every_shipped_spec_is_as_in_the_checkout(python: Path, tmp_path: Path) -> None:
    names = sorted(path.stem for path in (ROOT / "specs").glob("*.arch"))
    done = run(python, tmp_path, "check", *names)
    assert done.returncode == 0, done.stderr
    # A file of several models has a line for each.
    assert len(done.stdout.splitlines()) == sum(len(each_model(name)) for name in names)


def test_wheel_carries_what_is_not_python(dist: Path) -> None:
    (wheel,) = dist.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    expected = {
        f"archspec/{p.relative_to(ROOT).as_posix()}" for top in ("grammars", "specs") for p in files(ROOT / top)
    }
    expected |= {p.relative_to(ROOT).as_posix() for p in files(ROOT / "archspec")}
    assert expected <= packed
    assert not [name for name in packed if name.startswith(("tests/", "docs/", "generated/"))]


def test_sdist_carries_the_sources(dist: Path) -> None:
    (sdist,) = dist.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    for top in ("archspec", "grammars", "specs", "tests", "generated"):
        assert {p.relative_to(ROOT).as_posix() for p in files(ROOT / top)} <= packed
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"} <= packed


def files(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if p.is_file() and "__pycache__" not in p.parts and p.suffix != ".pyc"]
