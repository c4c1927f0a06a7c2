"""Draws the gallery: `python docs/gallery/draw.py` writes the pictures beside this file and the page above it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from archspec.backends.diagram import render
from archspec.driver import compile_spec
from archspec.picture.plan import View

FOLDER = Path(__file__).resolve().parent
PAGE = FOLDER.parent / "gallery.md"


class Drawing(NamedTuple):
    """A picture of the gallery: its file, its title, the spec, and the options of `archspec diagram`."""

    file: str
    title: str
    spec: str
    options: dict[str, Any] = {}  # noqa: RUF012

    @property
    def command(self) -> str:
        """The command that draws it."""
        options = "".join(f" --{name} {value}" for name, value in self.options.items())
        return f"archspec diagram {self.spec} -o {self.file}.svg{options}"

    def svg(self) -> bytes:
        """Return the picture."""
        options = dict(self.options)
        view = View(depth=options.pop("depth", None))
        return render(compile_spec(self.spec).checked(), "svg", view, **options)


GALLERY = (
    Drawing("vgg11", "VGG-11", "vgg11"),
    Drawing("vgg11-volume", "VGG-11 as volumes", "vgg11", {"style": "volume"}),
    Drawing("googlenet", "GoogLeNet", "googlenet"),
    Drawing("resnet18", "ResNet-18", "resnet18"),
    Drawing("resnet152", "ResNet-152", "resnet:resnet152"),
    Drawing("resnet152-summary", "ResNet-152 as stages", "resnet:resnet152", {"style": "summary"}),
    Drawing("densenet121", "DenseNet-121", "densenet_bc:densenet121"),
    Drawing("unet", "U-Net", "unet"),
    Drawing("unet-volume", "U-Net as volumes", "unet", {"style": "volume"}),
    Drawing("mobilenet_v2", "MobileNetV2", "mobilenet_v2"),
    Drawing("vit", "ViT-B/16", "vit:vit_b16"),
    Drawing("transformer", "The Transformer", "transformer"),
    Drawing("seq2seq", "A sequence-to-sequence LSTM", "seq2seq"),
    Drawing("siamese", "A siamese network", "siamese"),
    Drawing("dcgan_generator", "DCGAN: the generator", "dcgan:dcgan_generator"),
    Drawing("dcgan_discriminator", "DCGAN: the discriminator", "dcgan:dcgan_discriminator"),
    Drawing("headlines", "Two inputs, two outputs", "headlines", {"direction": "LR"}),
)


def page() -> Iterator[str]:
    """Yield the lines of the page."""
    yield "# Gallery"
    yield ""
    yield "Each picture is drawn by the command above it. `python docs/gallery/draw.py` draws them all, and this page."
    for drawing in GALLERY:
        yield ""
        yield f"## {drawing.title}"
        yield ""
        yield "```sh"
        yield drawing.command
        yield "```"
        yield ""
        yield f"![{drawing.title}](gallery/{drawing.file}.svg)"


def main() -> None:
    """Write the pictures and the page."""
    for drawing in GALLERY:
        (FOLDER / f"{drawing.file}.svg").write_bytes(drawing.svg())
    PAGE.write_text("\n".join([*page(), ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
