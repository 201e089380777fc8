"""The marks of the demo programmes, drawn here so that no picture of anybody's lies in the repository."""

import io
import math
from collections.abc import Callable

from PIL import Image, ImageDraw

SIZE, FINER = 176, 8
Points = list[tuple[float, float]]


class Sheet:
    """A square from 0 to 100, drawn several times finer than it is kept."""

    def __init__(self) -> None:
        self.image = Image.new("RGBA", (SIZE * FINER, SIZE * FINER))
        self.draw = ImageDraw.Draw(self.image)
        self.unit = SIZE * FINER / 100

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        box = [value * self.unit for value in (x - radius, y - radius, x + radius, y + radius)]
        self.draw.ellipse(box, fill=colour)

    def shape(self, points: Points, colour: str) -> None:
        self.draw.polygon([(x * self.unit, y * self.unit) for x, y in points], fill=colour)

    def line(self, points: Points, colour: str, width: float) -> None:
        self.draw.line([(x * self.unit, y * self.unit) for x, y in points], colour, round(width * self.unit), "curve")

    def only_inside_disc(self) -> None:
        mask = Image.new("L", self.image.size)
        ImageDraw.Draw(mask).ellipse([0, 0, mask.width - 1, mask.height - 1], fill=255)
        self.image.putalpha(mask)

    def png(self) -> bytes:
        small = self.image.resize((SIZE, SIZE), Image.Resampling.LANCZOS).quantize(64, Image.Quantize.FASTOCTREE)
        file = io.BytesIO()
        small.save(file, "PNG", optimize=True)
        return file.getvalue()


def kanagawa() -> bytes:
    """The sea, with the sun above it."""
    sheet = Sheet()
    sheet.disc(50, 50, 50, "#dcf0ff")
    sheet.disc(64, 38, 15, "#f2a900")
    for height, colour, shift in ((52, "#0066be", 0), (66, "#00428c", 24), (81, "#00316a", 6)):
        sheet.shape(_wave(height, shift), colour)
    sheet.only_inside_disc()
    return sheet.png()


def tokyo() -> bytes:
    """Members around one table, each joined to the next."""
    sheet = Sheet()
    sheet.disc(50, 50, 50, "#5109ad")
    angles = [math.tau * k / 6 for k in range(6)]
    ring = [(50 + 30 * math.sin(angle), 50 - 30 * math.cos(angle)) for angle in angles]
    sheet.line([*ring, ring[0]], "#cda6ff", 3)
    for member in ring:
        sheet.line([(50, 50), member], "#cda6ff", 3)
    for x, y in ring:
        sheet.disc(x, y, 8.5, "#ffffff")
    sheet.disc(50, 50, 11, "#ffd43d")
    return sheet.png()


def yamaguchi() -> bytes:
    """Two hills and the bridge between them."""
    sheet = Sheet()
    sheet.disc(50, 50, 50, "#c2e5d1")
    sheet.disc(50, 30, 13, "#f08300")
    sheet.shape(_hill(20, 46, 34), "#197a4b")
    sheet.shape(_hill(82, 42, 36), "#115a36")
    arch = [(50 + 40 * math.cos(a), 82 - 26 * math.sin(a)) for a in (math.pi * k / 40 for k in range(41))]
    sheet.line(arch, "#ffffff", 7)
    sheet.shape([(0, 78), (100, 78), (100, 100), (0, 100)], "#0c472a")
    sheet.only_inside_disc()
    return sheet.png()


def _wave(height: float, shift: float) -> Points:
    crest = [(x, height + 7 * math.sin(math.tau * (x + shift) / 48)) for x in range(101)]
    return [*crest, (100.0, 100.0), (0.0, 100.0)]


def _hill(middle: float, top: float, half: float) -> Points:
    slope = [
        (middle + half * k / 30, top + 34 * (1 - math.cos(math.pi * abs(k) / 30)) / 2 * 1.2) for k in range(-30, 31)
    ]
    return [*slope, (middle + half, 100.0), (middle - half, 100.0)]


LOGOS: dict[str, Callable[[], bytes]] = {"kanagawa": kanagawa, "tokyo": tokyo, "yamaguchi": yamaguchi}
