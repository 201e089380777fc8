"""Pictures are drawn anew: nothing but the pixels comes through, the right way up and in the right colours."""

import io

import pytest
from PIL import Image, ImageCms
from PIL.ExifTags import GPS, IFD, Base
from PIL.PngImagePlugin import PngInfo

from portal.files.checks import check
from portal.files.kinds import ALL, Limits
from tests.portal.files.samples import HTML, picture, zipped

SECRET = b"SECRET-PLACE"


def redrawn(content: bytes, name: str) -> Image.Image:
    checked = check(name=name, content=content, limits=Limits(kinds=ALL))
    assert SECRET not in checked.content
    image = Image.open(io.BytesIO(checked.content))
    image.load()
    return image


def camera_exif() -> Image.Exif:
    exif = Image.Exif()
    exif[Base.Orientation] = 6  # to be turned by a quarter
    exif[Base.Model] = SECRET.decode()
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (35.0, 26.0, 51.0)
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] = "N"
    return exif


@pytest.mark.parametrize(("kind", "name"), [("JPEG", "写真.jpg"), ("WEBP", "写真.webp"), ("PNG", "写真.png")])
def test_what_the_camera_wrote_is_gone_and_the_picture_stands_upright(kind: str, name: str) -> None:
    content = picture(kind, (40, 20), exif=camera_exif())
    assert SECRET in content
    image = redrawn(content, name)
    assert image.size == (20, 40)
    assert not image.getexif()
    assert not image.getexif().get_ifd(IFD.GPSInfo)
    assert not set(image.info) & {"exif", "xmp", "icc_profile", "comment", "photoshop"}


def test_comments_and_texts_are_gone() -> None:
    notes = PngInfo()
    notes.add_text("Comment", SECRET.decode())
    notes.add_itxt("XML:com.adobe.xmp", f"<x>{SECRET.decode()}</x>")
    redrawn(picture("PNG", pnginfo=notes), "写真.png")
    redrawn(picture("JPEG", comment=SECRET), "写真.jpg")
    redrawn(picture("GIF", comment=SECRET), "写真.gif")
    redrawn(picture("WEBP", xmp=b"<x>" + SECRET + b"</x>"), "写真.webp")


@pytest.mark.parametrize(
    ("kind", "name"), [("JPEG", "写真.jpg"), ("WEBP", "写真.webp"), ("PNG", "写真.png"), ("GIF", "写真.gif")]
)
def test_what_hangs_on_a_picture_is_gone(kind: str, name: str) -> None:
    for tail in (zipped({SECRET.decode(): b"a"}), HTML + SECRET):
        redrawn(picture(kind) + tail, name)


def test_colours_are_carried_into_srgb() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # What this profile calls red is blue.
    swapped = srgb.replace(b"rXYZ", b"____").replace(b"bXYZ", b"rXYZ").replace(b"____", b"bXYZ")
    content = io.BytesIO()
    Image.new("RGB", (10, 10), (255, 0, 0)).save(content, "PNG", icc_profile=swapped)
    image = redrawn(content.getvalue(), "写真.png")
    assert "icc_profile" not in image.info
    assert image.getpixel((5, 5)) == pytest.approx((0, 0, 255), abs=3)


def test_a_broken_profile_is_left_out() -> None:
    image = redrawn(picture("PNG", icc_profile=b"no profile at all"), "写真.png")
    assert image.size == (40, 30)
    assert "icc_profile" not in image.info


@pytest.mark.parametrize(
    ("mode", "kind"),
    [("1", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("RGBA", "PNG"), ("I;16", "PNG"), ("L", "JPEG"),
     ("CMYK", "JPEG"), ("RGBA", "WEBP"), ("P", "GIF")],
)  # fmt: skip
def test_every_mode_of_a_picture_is_taken(mode: str, kind: str) -> None:
    content = picture(kind, mode=mode) if mode != "I;16" else sixteen_bits()
    image = redrawn(content, f"写真.{kind.lower().replace('jpeg', 'jpg')}")
    darkest, brightest = image.convert("L").getextrema()
    assert (darkest, brightest) == pytest.approx((4, 251), abs=12)


def sixteen_bits() -> bytes:
    content = io.BytesIO()
    grey = Image.linear_gradient("L").resize((40, 30)).convert("I").point(lambda value: value * 257)
    grey.convert("I;16").save(content, "PNG")
    return content.getvalue()


def test_transparency_stays() -> None:
    logo = Image.new("RGBA", (10, 10), (255, 0, 0, 0))
    for kind, ending in (("PNG", "png"), ("WEBP", "webp")):
        content = io.BytesIO()
        logo.save(content, kind)
        assert redrawn(content.getvalue(), f"ロゴ.{ending}").getpixel((5, 5))[3] == 0
    content = io.BytesIO()
    logo.convert("P").save(content, "PNG", transparency=0)
    assert redrawn(content.getvalue(), "ロゴ.png").convert("RGBA").getpixel((5, 5))[3] == 0


def test_of_an_animation_the_first_frame_is_kept() -> None:
    frames = [Image.new("RGB", (10, 10), colour) for colour in ("red", "green", "blue")]
    content = io.BytesIO()
    frames[0].save(content, "GIF", save_all=True, append_images=frames[1:])
    with Image.open(content) as image:
        assert image.n_frames == 3
    assert getattr(redrawn(content.getvalue(), "動く.gif"), "n_frames", 1) == 1


def test_a_large_picture_is_made_smaller() -> None:
    for kind, ending in (("JPEG", "jpg"), ("PNG", "png")):
        image = redrawn(picture(kind, (6000, 1500)), f"写真.{ending}")
        assert image.size == (Limits.longest_side, Limits.longest_side // 4)


def test_a_lossless_picture_stays_lossless() -> None:
    content = picture("WEBP", lossless=True)
    with Image.open(io.BytesIO(content)) as before:
        assert redrawn(content, "図.webp").convert("RGB").tobytes() == before.convert("RGB").tobytes()
