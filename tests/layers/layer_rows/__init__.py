"""Rows of the layer tests, a module for each family."""

from __future__ import annotations

import importlib
import pkgutil

from tests.layers.layer_case import LayerCase


def all_rows() -> list[LayerCase]:
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return [case for name in modules for case in importlib.import_module(f"{__name__}.{name}").ROWS]
