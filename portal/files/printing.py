"""Photos on paper."""

from base64 import b64encode
from io import BytesIO

from PIL import Image

from portal.files.models import StoredFile

# The longer side in pixels: half a page is 85 mm wide, at 240 dots an inch.
LONGEST = 800


def for_print(photo: StoredFile) -> str:
    """Small, and inside an SVG: the data of a PDF is text."""
    with photo.open() as content, Image.open(content) as opened:
        small, kept = opened.convert("RGB"), BytesIO()
    small.thumbnail((LONGEST, LONGEST))
    small.save(kept, "JPEG", quality=82)
    width, height = small.size
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"><image width="{width}" '
        f'height="{height}" href="data:image/jpeg;base64,{b64encode(kept.getvalue()).decode()}"/></svg>'
    )
