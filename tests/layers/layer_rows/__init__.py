"""Rows of the layer tests, a module for each family."""

from __future__ import annotations

import importlib
import pkgutil

from tests.layers.layer_case import LayerCase


def rows_by_family() -> dict[str, list[LayerCase]]:
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}").ROWS for name in modules}


def all_rows() -> list[LayerCase]:
    return [case for cases in rows_by_family().values() for case in cases]
