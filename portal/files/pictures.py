"""Pictures are drawn anew: what a camera wrote into them (place, time, device) and whatever hangs on them stays behind.

Orientation and colour profile are applied first. Of an animation, the first frame is kept.
"""

import io

from PIL import Image, ImageCms, ImageOps

from portal.files.kinds import GIF, JPEG, PNG, Kind, Limits
from portal.files.refusals import Refused

# Larger is refused; what is kept, each form says for itself (Limits.longest_side).
LONGEST_SIDE = 10_000
MOST_PIXELS = 40_000_000
QUALITY = 90


def redrawn(content: bytes, kind: Kind, name: str, longest_kept: int = Limits.longest_side) -> bytes:
    """The same picture in a new file of the same kind."""
    try:
        with Image.open(io.BytesIO(content), formats=[kind.code.upper()]) as picture:
            # The size stands in the header: nothing has been unpacked yet.
            if max(picture.size) > LONGEST_SIDE or picture.width * picture.height > MOST_PIXELS:
                raise _too_large(name, *picture.size)
            picture.seek(0)
            if kind is JPEG:
                # Decoded at half or a quarter of its size, where that is enough.
                picture.draft(None, (longest_kept, longest_kept))
            picture.load()
            return _written(_upright(picture, kind, longest_kept), kind, content)
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name, *_size_in_header(content, kind)) from error
    except Exception as error:
        # A decoder fails in as many ways as a file can be broken.
        raise Refused("broken", name=name) from error


def _upright(picture: Image.Image, kind: Kind, longest_kept: int) -> Image.Image:
    """The pixels alone, turned the right way, in sRGB."""
    picture = _in_srgb(ImageOps.exif_transpose(picture), kind)
    bare = picture.copy()
    if max(bare.size) > longest_kept:
        bare = bare.convert("RGBA") if bare.mode == "P" else bare
        bare.thumbnail((longest_kept, longest_kept), reducing_gap=2.0)
    # Whatever else came with the file (place, comments, profiles) is in `info`, and would be written again.
    bare.info = {name: value for name, value in picture.info.items() if name == "transparency"}
    return bare


def _in_srgb(picture: Image.Image, kind: Kind) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in ("RGB", "RGBA", "CMYK"):
        mode = "RGBA" if picture.mode == "RGBA" else "RGB"
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            picture = (
                ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode) or picture
            )
        except (ImageCms.PyCMSError, OSError):
            # A broken profile: the colours are taken as they are.
            pass
    if picture.mode.startswith("I;16"):
        # 16 bits for grey: the upper eight are what a screen shows.
        picture = picture.point(lambda value: value / 256).convert("L")
    kept = ("L", "RGB") if kind is JPEG else ("1", "L", "LA", "P", "RGB", "RGBA")
    return picture if picture.mode in kept else picture.convert("RGBA" if "A" in picture.mode else "RGB")


def _written(picture: Image.Image, kind: Kind, original: bytes) -> bytes:
    file = io.BytesIO()
    if kind is JPEG:
        picture.save(file, "JPEG", quality=QUALITY, optimize=True)
    elif kind is PNG or kind is GIF:
        picture.save(file, kind.code)
    else:
        picture.save(file, "WEBP", quality=QUALITY, method=2, lossless=b"VP8L" in original[:64])
    return file.getvalue()


def _size_in_header(content: bytes, kind: Kind) -> tuple[int, int]:
    """For the sentence of the refusal, where the decoder gave up at once. Only PNG and GIF say it in a fixed place."""
    if kind is PNG:
        return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    if kind is GIF:
        return int.from_bytes(content[6:8], "little"), int.from_bytes(content[8:10], "little")
    return LONGEST_SIDE + 1, LONGEST_SIDE + 1


def _too_large(name: str, width: int, height: int) -> Refused:
    return Refused(
        "pixels", name=name, width=width, height=height, side=LONGEST_SIDE, millions=MOST_PIXELS // 1_000_000
    )
