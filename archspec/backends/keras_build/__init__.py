"""The Keras model itself, built directly from the IR. The only place that imports Keras."""

from archspec.backends.keras_build.build import build

__all__ = ["build"]
