"""An SVG that somebody sent, taken apart and written anew: nothing is kept but shapes, colours and text.

What a drawing program adds for itself is left out. What could run, load or hide something is refused by name, so that
whoever made the drawing can export it otherwise.
"""

import re
from xml.etree import ElementTree

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_BYTES = 500 * 1024
MOST_DEPTH = 50
# What is drawn by reference counts each time: ten lines can ask for a thousand million shapes.
MOST_DRAWN = 100_000
SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
SHAPES = {
    "svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text",
    "tspan", "title", "desc", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern",
}  # fmt: skip
LEFT_OUT = {"metadata"}
LOOKS = {
    "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-linecap",
    "stroke-linejoin", "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "opacity", "clip-path",
    "clip-rule", "mask", "color", "display", "visibility", "overflow", "stop-color", "stop-opacity", "font-family",
    "font-size", "font-weight", "font-style", "text-anchor", "letter-spacing", "dominant-baseline", "paint-order",
}  # fmt: skip
GEOMETRY = {
    "id", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "fx", "fy", "d", "points", "width", "height",
    "viewBox", "preserveAspectRatio", "transform", "gradientUnits", "gradientTransform", "spreadMethod", "offset",
    "clipPathUnits", "maskUnits", "maskContentUnits", "patternUnits", "patternContentUnits", "patternTransform",
    "dx", "dy", "textLength", "lengthAdjust", "version",
}  # fmt: skip
# Names for a page's own styles and programs: without meaning in a file that stands by itself.
IGNORED = re.compile(r"data-.*|class|role|aria-.*|enable-background|baseProfile")
LOCAL = re.compile(r"#[\w.-]+")
LINK = re.compile(r"url\(\s*(.*?)\s*\)", re.IGNORECASE | re.DOTALL)
LOCAL_LINK = re.compile(r"[\"']?#[\w.-]+[\"']?")
LOCAL_REFERENCE = re.compile(r"url\(\s*[\"']?#([\w.-]+)", re.IGNORECASE)
DANGEROUS = re.compile(r"javascript:|expression\s*\(|@import|\\", re.IGNORECASE)

TOO_INTRICATE = gettext_lazy("SVGの図形の重なりや参照が多すぎるため使えません。まとめた形で書き出してお試しください。")

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


def clean_svg(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise ValidationError(_("500KBまでのSVGを選んでください。"))
    try:
        # As text, so that no other encoding can hide what is looked for.
        text = data.decode("utf-8-sig")
        # Entities can be made to fill the memory, and to read files; no drawing needs them.
        if "<!ENTITY" in text.upper():
            raise ValidationError(_("実体（ENTITY）の宣言を含むSVGは使えません。"))
        root = ElementTree.fromstring(text)  # noqa: S314 -- no entities are left
    except (ElementTree.ParseError, ValueError, LookupError) as broken:
        raise ValidationError(_("SVGとして読めません。")) from broken
    if root.tag != f"{{{SVG}}}svg":
        raise ValidationError(_("SVGとして読めません。"))
    if not (root.get("viewBox") or (root.get("width") and root.get("height"))):
        raise ValidationError(_("大きさ（viewBox）のないSVGは使えません。"))
    clean = _element(root)
    if _drawn(clean, {element.get("id", ""): element for element in clean.iter()}, {}) > MOST_DRAWN:
        raise ValidationError(TOO_INTRICATE)
    return ElementTree.tostring(clean, encoding="unicode")


def _drawn(
    element: "ElementTree.Element", named: "dict[str, ElementTree.Element]", counted: dict[str, int], depth: int = 0
) -> int:
    """How many shapes a reader draws for this element, with those that it refers to. What refers to itself is refused."""
    if depth > 2 * MOST_DEPTH:
        return MOST_DRAWN + 1
    count = 1 + sum(_drawn(child, named, counted, depth + 1) for child in element)
    for name in _references(element):
        if name not in counted and name in named:
            # In work: whoever comes here again has come by its own reference.
            counted[name] = MOST_DRAWN
            counted[name] = _drawn(named[name], named, counted, depth + 1)
        count += counted.get(name, 0)
    return min(count, MOST_DRAWN + 1)


def _references(element: "ElementTree.Element") -> list[str]:
    links = [value[1:] for name, value in element.attrib.items() if name.rpartition("}")[2] == "href"]
    return links + [name for value in element.attrib.values() for name in LOCAL_REFERENCE.findall(value)]


def _element(found: "ElementTree.Element", depth: int = 0) -> "ElementTree.Element":
    if depth > MOST_DEPTH:
        raise ValidationError(TOO_INTRICATE)
    made = ElementTree.Element(found.tag)
    for name, value in found.attrib.items():
        for kept, text in _attribute(name, value):
            made.set(kept, text)
    made.text = found.text
    for child in found:
        if not isinstance(child.tag, str):
            continue
        namespace, _brace, name = child.tag.rpartition("}")
        if namespace.lstrip("{") != SVG or name in LEFT_OUT:
            continue
        if name not in SHAPES:
            raise ValidationError(_("SVGに「%s」があるため使えません。図形だけにして書き出してください。") % name)
        copy = _element(child, depth + 1)
        copy.tail = child.tail
        made.append(copy)
    return made


def _attribute(name: str, value: str) -> list[tuple[str, str]]:
    namespace, _brace, plain = name.rpartition("}")
    if plain == "href" and namespace.lstrip("{") in ("", XLINK):
        if not LOCAL.fullmatch(value.strip()):
            raise ValidationError(_("SVGの中から、ほかのファイルやページを参照できません（%s）。") % value[:60])
        return [(name, value.strip())]
    if namespace or IGNORED.fullmatch(plain):
        return []
    if plain == "style":
        return _declarations(value)
    if plain not in GEOMETRY | LOOKS:
        raise ValidationError(_("SVGに「%s」があるため使えません。図形だけにして書き出してください。") % plain)
    return [(plain, _harmless(value))]


def _declarations(style: str) -> list[tuple[str, str]]:
    """As attributes of their own; what says nothing about shapes and colours is left out."""
    pairs = [part.partition(":") for part in style.split(";") if part.strip()]
    return [(name.strip(), _harmless(value.strip())) for name, _colon, value in pairs if name.strip() in LOOKS]


def _harmless(value: str) -> str:
    if DANGEROUS.search(value) or not all(LOCAL_LINK.fullmatch(link) for link in LINK.findall(value)):
        raise ValidationError(_("SVGの中から、ほかのファイルやページを参照できません（%s）。") % value[:60])
    if "url(" in value.lower() and not LINK.search(value):
        raise ValidationError(_("SVGとして読めません。"))
    return value
