"""Keras source code that reads as if written by hand: one class a block, parameters as constructor arguments."""

from archspec.backends.keras_code.emit import emit

__all__ = ["emit"]
