"""Why a file is not taken, in a sentence that says what to do now."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SENTENCES = {
    "empty": _("「%(name)s」は中身が空（0バイト）です。元のファイルを確かめてください。"),
    "too_big": _("「%(name)s」は%(size)sあり、大きすぎます。%(largest)sまでです。写真や図を縮小して保存し直すか、分けて送ってください。"),
    "too_many": _("ファイルは%(most)d件までです。いまは%(count)d件あります。取り消すか、1つのファイルにまとめてください。"),
    "name_missing": _("名前のないファイルは受け付けられません。名前を付けて保存し直してください。"),
    "name_too_long": _("ファイル名が長すぎます（%(length)d文字）。%(longest)d文字までに短くしてください：「%(name)s」"),
    "name_characters": _("ファイル名に使えない文字（改行などの見えない文字、/ や \\ など）があります。名前を付け直してください：「%(name)s」"),
    "name_reserved": _("「%(name)s」という名前はWindowsで開けません。別の名前にしてください。"),
    "kind": _("「%(name)s」は受け付けていない種類のファイルです。受け付ける種類：%(allowed)s。"),
    "old_office": _("「%(name)s」は古い形式です。元のソフトで開き、Word（.docx）、Excel（.xlsx）、PowerPoint（.pptx）かPDFで保存し直してください。"),
    "svg": _("SVGの画像は受け付けていません（「%(name)s」）。PNGで書き出してください。"),
    "heic": _("HEICの写真は受け付けていません（「%(name)s」）。JPEGで保存し直してください。"),
    "content": _("「%(name)s」の中身は、名前の示す種類（%(kind)s）ではありません。元のソフトで開き、%(kind)sで保存し直してください。"),
    "mixed": _("「%(name)s」には別の種類のデータが混ざっています。元のソフトで開き、保存し直してください。"),
    "broken": _("「%(name)s」は壊れていて読み取れません。開けることを確かめ、保存し直してください。"),
    "encrypted": _("「%(name)s」にはパスワードがかかっています。パスワードを外して保存し直してください。"),
    "macros": _("「%(name)s」にはマクロが入っています。マクロのない形式（.docx、.xlsx、.pptx）か、PDFで保存し直してください。"),
    "embedded": _("「%(name)s」の中に、別のファイルが埋め込まれています。取り除いて保存し直し、必要なら別に送ってください。"),
    "nested": _("「%(name)s」の中に、さらに圧縮ファイルがあります。中のファイルを直接入れてください。"),
    "expands": _("「%(name)s」は、開くと大きくなりすぎます（%(largest)sまで）。内容を減らすか、分けて送ってください。"),
    "pixels": _("画像「%(name)s」は%(width)d×%(height)dピクセルあり、大きすぎます。縦横とも%(side)dピクセル、合わせて%(millions)d00万画素までに縮小してください。"),
    "encoding": _("「%(name)s」の文字を読み取れません。文字コードをUTF-8かShift_JISにして保存し直してください。"),
    "captions": _("「%(name)s」は、字幕のファイル（WebVTT）として読めません。1行目が WEBVTT で始まる形式で、文字コードをUTF-8にして保存し直してください。"),
    "gone": _("選んであったファイルが見つかりません（お預かりするのは1日です）。お手数ですが、もう一度選んでください。"),
    "busy": _("ただいま多くのファイルを受け付けているため、お預かりできません。1時間ほどおいて、もう一度お試しください。"),
}  # fmt: skip


class Refused(ValidationError):
    """`Refused("empty", name=…)`. Raised where it is noticed; a form shows it at its field."""

    def __init__(self, reason: str, **params: Any) -> None:
        super().__init__(SENTENCES[reason], code=reason, params=params)
