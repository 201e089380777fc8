"""A programme's logo: taken apart and written anew, so that nothing but the picture is kept."""

import io
import warnings

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image

MOST_BYTES_IN = 2 * 1024 * 1024
MOST_PIXELS = 4096
# Twice what the header shows, for screens that draw finer.
WIDEST, HIGHEST = 640, 160
# It travels with the programme through the cache.
MOST_BYTES_OUT = 60 * 1024
KINDS = ("PNG", "WEBP", "JPEG")


def prepare_logo(data: bytes) -> tuple[bytes, str]:
    """The picture small enough for the header, and its content type."""
    if len(data) > MOST_BYTES_IN:
        raise ValidationError(_("2MBまでの画像を選んでください。"))
    picture = _read(data)
    picture.thumbnail((WIDEST, HIGHEST))
    for kind, options in (("PNG", {"optimize": True}), ("WEBP", {"lossless": True}), ("WEBP", {"quality": 85})):
        target = io.BytesIO()
        picture.save(target, kind, **options)
        if target.tell() <= MOST_BYTES_OUT:
            return target.getvalue(), f"image/{kind.lower()}"
    raise ValidationError(_("画像が細かすぎます。色や模様の少ないロゴを選んでください。"))


def _read(data: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=KINDS)
            if max(picture.size) > MOST_PIXELS:
                raise ValidationError(_("縦横4096画素までの画像を選んでください。"))
            return picture.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as broken:
        raise ValidationError(_("画像として読めません。PNG、WebP、JPEGのファイルを選んでください。")) from broken
