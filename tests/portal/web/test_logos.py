"""Only the picture of an upload is kept."""

import io

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, PngImagePlugin

from portal.web import logos
from portal.web.logos import HIGHEST, MOST_BYTES_OUT, WIDEST, prepare_logo


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 80), **options: object) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, "#00428c").save(target, kind, **options)
    return target.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "JPEG"])
def test_pictures_become_png(kind: str) -> None:
    data, content_type = prepare_logo(picture(kind))
    assert content_type == "image/png"
    assert Image.open(io.BytesIO(data)).size == (300, 80)


def test_a_large_one_is_made_to_fit() -> None:
    width, height = Image.open(io.BytesIO(prepare_logo(picture(size=(3000, 1000)))[0])).size
    assert width <= WIDEST
    assert height <= HIGHEST


def test_what_was_written_beside_the_picture_is_gone() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "山田花子")
    uploaded = picture(pnginfo=notes) + b"<script>alert(1)</script>"
    assert b"Author" in uploaded
    kept, _type = prepare_logo(uploaded)
    assert b"Author" not in kept
    assert b"script" not in kept


def test_a_noisy_picture_is_packed_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    noise = io.BytesIO()
    Image.effect_noise((400, 160), 50).save(noise, "PNG")
    data, content_type = prepare_logo(noise.getvalue())
    assert content_type == "image/webp"
    assert len(data) <= MOST_BYTES_OUT
    monkeypatch.setattr(logos, "MOST_BYTES_OUT", 1000)
    with pytest.raises(ValidationError, match="細かすぎます"):
        prepare_logo(noise.getvalue())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        picture()[:60],
        picture("GIF"),
        picture("BMP"),
        b"%PDF-1.7",
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(ValidationError, match="画像として読めません"):
        prepare_logo(data)


def test_bombs_and_giants_are_refused() -> None:
    with pytest.raises(ValidationError, match="4096"):
        prepare_logo(picture(size=(5000, 10)))
    with pytest.raises(ValidationError, match="2MB"):
        prepare_logo(b"\0" * (2 * 1024 * 1024 + 1))
