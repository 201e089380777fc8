"""Small files of every kind: good ones, and the building blocks of bad ones."""

import io
import zipfile
import zlib
from typing import Any

from PIL import Image

PDF = b"""%PDF-1.7
1 0 obj <</Type /Catalog /Pages 2 0 R>> endobj
2 0 obj <</Type /Pages /Kids [] /Count 0>> endobj
xref
0 3
0000000000 65535 f\r
0000000009 00000 n\r
0000000056 00000 n\r
trailer <</Size 3 /Root 1 0 R>>
startxref
106
%%EOF
"""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"

MAIN = {
    "docx": ("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
    "pptx": (
        "ppt/presentation.xml",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
    ),
}


def zipped(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def office_parts(ending: str = "docx") -> dict[str, bytes]:
    path, content_type = MAIN[ending]
    return {
        "[Content_Types].xml": (
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/{path}" ContentType="{content_type}"/></Types>'
        ).encode(),
        "_rels/.rels": b'<?xml version="1.0"?><Relationships/>',
        path: '<?xml version="1.0"?><document>本文</document>'.encode(),
    }


def office(ending: str = "docx", **parts: bytes) -> bytes:
    """An Office file, with more parts: `office("docx", **{"word/vbaProject.bin": b"…"})`."""
    return zipped(office_parts(ending) | parts)


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: Any) -> bytes:
    file = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(file, kind, **options)
    return file.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that claims a size, with next to nothing in it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4)

    header = width.to_bytes(4) + height.to_bytes(4) + b"\x08\x02\x00\x00\x00"
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    )


GOOD = {
    "企画書.pdf": PDF,
    "企画書.docx": office("docx"),
    "名簿.xlsx": office("xlsx"),
    "発表.pptx": office("pptx"),
    "写真.jpg": picture("JPEG"),
    "写真.png": picture("PNG"),
    "写真.webp": picture("WEBP"),
    "写真.gif": picture("GIF", mode="P"),
    "覚書.txt": "一行目\r\n二行目\t髙﨑".encode(),
    "名簿.csv": "番号,名前\r\n1,髙﨑\r\n".encode("cp932"),
}
