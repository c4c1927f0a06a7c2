"""Plain words: how a window is padded at the borders, and how positions between known ones are filled in."""

from archspec.layers.configs import Config


class Valid(Config):
    """Windows stay inside the input: no padding."""

    category = "padding"
    names = ("valid",)


class Same(Config):
    """The input is padded with zeros so that, at stride 1, the output is as long as the input."""

    category = "padding"
    names = ("same",)


class Causal(Config):
    """The input is padded in front only, so that no output sees a later input. For `conv1d`."""

    category = "padding"
    names = ("causal",)


class Nearest(Config):
    """The value of the nearest known position."""

    category = "interpolation"
    names = ("nearest",)


class Bilinear(Config):
    """Linear between neighbours."""

    category = "interpolation"
    names = ("bilinear",)


class Bicubic(Config):
    """Cubic through the two neighbours on each side."""

    category = "interpolation"
    names = ("bicubic",)


class Lanczos3(Config):
    """Lanczos kernel of radius 3."""

    category = "interpolation"
    names = ("lanczos3",)


class Lanczos5(Config):
    """Lanczos kernel of radius 5."""

    category = "interpolation"
    names = ("lanczos5",)
