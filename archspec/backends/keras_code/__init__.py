"""Keras source code that reads as if written by hand: one class or function a block, parameters as its arguments."""

from archspec.backends.keras_code.emit import Style, emit

__all__ = ["Style", "emit"]
