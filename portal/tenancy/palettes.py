"""The colours that a programme may choose from. The stylesheet holds the same names: `html[data-palette="green"]`.

Seven tones each, from the Digital Agency's design system: four light ones for backgrounds, three dark ones for text
and controls. `contrast_problems` says in words where a palette would be hard to read; a test holds it empty.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TONES = ("50", "100", "200", "300", "800", "1000", "1100")

PALETTES: dict[str, tuple[str, ...]] = {
    "blue": ("#f0f9ff", "#dcf0ff", "#c0e4ff", "#97d3ff", "#0066be", "#00428c", "#00316a"),
    "green": ("#e6f5ec", "#c2e5d1", "#9bd4b5", "#71c598", "#197a4b", "#115a36", "#0c472a"),
    "cyan": ("#e9f7f9", "#c8f8ff", "#99f2ff", "#79e2f2", "#00687e", "#00536a", "#003f52"),
    "purple": ("#f1eafa", "#ecddff", "#ddc2ff", "#cda6ff", "#6f23d0", "#5109ad", "#3d0682"),
    "magenta": ("#f3e5f4", "#ffd0ff", "#ffaeff", "#ff8eff", "#8b008b", "#6c006c", "#500050"),
    "orange": ("#ffeee2", "#ffdfca", "#ffc199", "#ffa66d", "#ac3e00", "#8b3200", "#6d2700"),
}
PALETTE_NAMES: list[tuple[str, Promise]] = [
    ("blue", _("青")),
    ("green", _("緑")),
    ("cyan", _("青緑")),
    ("purple", _("紫")),
    ("magenta", _("赤紫")),
    ("orange", _("だいだい")),
]

WHITE, INK = "#ffffff", "#1a1a1a"
# Foreground tone, background tone, and the ratio that WCAG 2.2 asks for: 4.5 for text, 3 for the edges of controls.
PAIRS = [
    ("white", "1000", 4.5),
    ("white", "1100", 4.5),
    ("1000", "white", 4.5),
    ("1000", "50", 4.5),
    ("1000", "100", 4.5),
    ("1100", "50", 4.5),
    ("1100", "100", 4.5),
    ("ink", "50", 4.5),
    ("ink", "100", 4.5),
    ("ink", "300", 4.5),
    ("white", "800", 4.5),
    ("800", "white", 3.0),
]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours by WCAG, between 1 and 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def contrast_problems(tones: tuple[str, ...]) -> list[str]:
    colours = {"white": WHITE, "ink": INK} | dict(zip(TONES, tones, strict=True))
    return [
        f"{front} on {back}: {contrast(colours[front], colours[back]):.1f}, {least} needed"
        for front, back, least in PAIRS
        if contrast(colours[front], colours[back]) < least
    ]


def _luminance(colour: str) -> float:
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
