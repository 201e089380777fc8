"""Which files are taken, by their content. Every refusal is one sentence that says what to do."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.files.checks import Checked, check, size_in_words
from portal.files.kinds import ALL, CSV, JPEG, MB, PDF, PNG, TEXT, VTT, WORD, Limits, in_words
from portal.files.refusals import SENTENCES, Refused
from tests.portal.files import samples
from tests.portal.files.samples import GOOD, HTML, OLE, PROGRAM, SVG, office, picture, png_header, zipped

ANYTHING = Limits(kinds=ALL)


def taken(name: str, content: bytes, limits: Limits = ANYTHING) -> Checked:
    return check(name=name, content=content, limits=limits)


def refusal(name: str, content: bytes, limits: Limits = ANYTHING) -> Refused:
    with pytest.raises(Refused) as refused:
        taken(name, content, limits)
    return refused.value


@pytest.mark.parametrize("name", GOOD)
def test_good_files_are_taken(name: str) -> None:
    checked = taken(name, GOOD[name], Limits())
    assert checked.name == name
    if not checked.kind.is_picture:
        assert checked.content == GOOD[name]


@pytest.mark.parametrize(
    "start", ["WEBVTT", "\ufeffWEBVTT\r\n", "WEBVTT - 交流会\n\n00:00.000 --> 00:02.000\nこんにちは"]
)
def test_captions_are_taken_where_a_form_asks_for_them(start: str) -> None:
    assert taken("字幕.vtt", start.encode()).kind is VTT
    assert refusal("字幕.vtt", start.encode(), Limits()).code == "kind"


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("ending", [kind.extensions[0] for kind in ALL])
def test_a_name_of_another_kind_does_not_help(name: str, ending: str) -> None:
    """Pictures are drawn anew and get the ending of what they are; text is text under both its endings."""
    content, own = GOOD[name], taken(name, GOOD[name]).kind
    wrong = f"名前{ending}"
    both = {own, next(kind for kind in ALL if ending in kind.extensions)}
    if all(kind.is_picture for kind in both):
        assert taken(wrong, content).name == f"名前{own.extensions[0] if ending not in own.extensions else ending}"
    elif len(both) == 1 or both == {TEXT, CSV} or (ending == ".zip" and content.startswith(b"PK")):
        taken(wrong, content)
    else:
        assert refusal(wrong, content).code == ("captions" if ending == ".vtt" else "content")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("空.pdf", b"", "empty"),
        ("大.pdf", samples.PDF + bytes(11 * MB), "too_big"),
        # Captions begin with their word, in UTF-8.
        ("字幕.vtt", b"00:00.000 --> 00:02.000\n", "captions"),
        ("字幕.vtt", b"WEBVTTX\n", "captions"),
        ("字幕.vtt", "WEBVTT\n\nこんにちは".encode("cp932"), "captions"),
        ("字幕.vtt", b"WEBVTT\n\0", "captions"),
        # Not what the name says.
        ("ページ.pdf", HTML, "content"),
        ("ページ.txt", HTML, "content"),
        ("表.csv", b"\xef\xbb\xbf <script>alert(1)</script>", "content"),
        ("図.png", SVG, "svg"),
        ("写真.jpg", b"\x00\x00\x00\x18ftypheic" + bytes(50), "heic"),
        ("実行.pdf", PROGRAM, "content"),
        ("実行.txt", b"#!/bin/sh\nrm -rf\n", "content"),
        ("圧縮.docx", b"Rar!\x1a\x07\x00" + bytes(50), "content"),
        # Kinds that we do not take.
        ("図.svg", SVG, "svg"),
        ("写真.heic", b"\x00\x00\x00\x18ftypheic", "heic"),
        ("旧.doc", OLE, "old_office"),
        ("旧.docx", OLE, "old_office"),
        ("秘密.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        ("マクロ.xlsm", office("xlsx"), "macros"),
        ("実行.exe", PROGRAM, "kind"),
        ("請求書.pdf.exe", PROGRAM, "kind"),
        ("名前だけ", samples.PDF, "kind"),
        ("ページ.html", HTML, "kind"),
        # Two kinds at once.
        ("多.pdf", b"\r\n" + samples.PDF, "content"),
        ("多.pdf", HTML + samples.PDF, "content"),
        ("多.pdf", zipped({"a.txt": b"a"}) + samples.PDF, "content"),
        ("多.pdf", samples.PDF + zipped({"a.txt": b"a"}), "mixed"),
        ("多.pdf", samples.PDF + zipped({"a.txt": b"a"}) + b"\nstartxref\n1\n%%EOF\n", "mixed"),
        ("多.pdf", samples.PDF + HTML, "mixed"),
        ("多.pdf", samples.PDF.replace(b"\n", b"\n<script>alert(1)</script>\n", 1), "mixed"),
        ("多.docx", zipped({"a.pdf": samples.PDF} | samples.office_parts(), method=0), "mixed"),
        ("多.docx", office() + samples.PDF, "mixed"),
        ("多.docx", b"GIF89a" + office(), "content"),
        # Broken.
        ("途中.pdf", samples.PDF[:100], "broken"),
        ("途中.docx", office()[:-30], "broken"),
        ("途中.png", picture("PNG", (400, 300))[:500], "broken"),
        ("途中.jpg", picture("JPEG", (400, 300))[:700], "broken"),
        ("頭.png", b"\x89PNG\r\n\x1a\n", "broken"),
        ("頭.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "broken"),
        ("文字.txt", "a,b".encode("utf-16-le"), "encoding"),
        ("文字.txt", "漢字".encode("euc_jp") + b"\xff", "encoding"),
        ("制御.csv", b"a,b\x00c", "encoding"),
        ("制御.txt", b"\x1b[2Jx", "encoding"),
        # Too large in pixels, by the header alone.
        ("爆弾.png", png_header(50_000, 50_000), "pixels"),
        ("爆弾.png", png_header(9_999, 9_999), "pixels"),
        ("爆弾.gif", b"GIF89a\xff\xff\xff\xff" + picture("GIF")[10:], "pixels"),
    ],
)  # fmt: skip
def test_bad_files_are_refused(name: str, content: bytes, reason: str) -> None:
    assert refusal(name, content).code == reason


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.pdf", b"", "「空.pdf」は中身が空（0バイト）です"),
        ("大.pdf", bytes(11 * MB), "「大.pdf」は11 MBあり、大きすぎます。10 MBまでです"),
        ("大.pdf", bytes(10 * MB + 1), "「大.pdf」は10.1 MBあり"),
        ("実行.exe", PROGRAM, "受け付ける種類：PDF、Word、Excel、PowerPoint、画像（JPEG・PNG・WebP・GIF）、テキスト、CSV。"),
        ("ページ.pdf", HTML, "「ページ.pdf」の中身は、名前の示す種類（PDF）ではありません"),
        ("爆弾.png", png_header(50_000, 50_000), "50000×50000ピクセルあり、大きすぎます。縦横とも10000ピクセル、合わせて4000万画素"),
    ],
)  # fmt: skip
def test_the_sentence_says_what_is_wrong_and_what_is_possible(name: str, content: bytes, words: str) -> None:
    assert words in refusal(name, content, Limits()).messages[0]


def test_a_field_takes_only_its_own_kinds() -> None:
    logo = Limits(kinds=(PNG, JPEG), largest=1 * MB)
    assert taken("ロゴ.png", picture("PNG"), logo).kind is PNG
    assert refusal("ロゴ.pdf", samples.PDF, logo).code == "kind"
    assert refusal("ロゴ.png", picture("WEBP"), logo).code == "kind"
    assert refusal("ロゴ.png", bytes(2 * MB), logo).code == "too_big"


def test_text_of_japanese_offices_is_taken() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp932"):
        taken("名簿.csv", "番号,氏名\r\n①,髙﨑㈱\r\n".encode(encoding))


def test_kinds_in_words() -> None:
    assert in_words((PDF, JPEG, PNG, WORD)) == "PDF、画像（JPEG・PNG）、Word"


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (1, "1 KB"),
        (340 * 1024, "340 KB"),
        (MB, "1 MB"),
        (MB + 1, "1.1 MB"),
        (10 * MB, "10 MB"),
        (10 * MB + 1, "10.1 MB"),
    ],
)
def test_sizes_are_rounded_up(size: int, words: str) -> None:
    assert size_in_words(size) == words


def test_every_sentence_is_used_with_what_it_needs() -> None:
    params = dict.fromkeys(
        ["name", "size", "largest", "most", "count", "length", "longest", "allowed", "kind"], "x"
    ) | dict.fromkeys(["width", "height", "side", "millions", "most", "count", "length", "longest"], 1)
    for reason in SENTENCES:
        assert Refused(reason, **params).messages[0].endswith(("。", "」"))


names = st.sampled_from([*GOOD, "空白", "図.svg", "圧縮.zip"])


@given(names, st.binary(max_size=400))
def test_random_bytes_are_taken_or_refused(name: str, content: bytes) -> None:
    try:
        taken(name, content)
    except Refused as refused:
        assert refused.messages[0]


@given(names, st.sampled_from(sorted(GOOD.values())), st.integers(0, 2**32), st.integers(1, 12))
def test_damaged_files_are_taken_or_refused(name: str, content: bytes, seed: int, wounds: int) -> None:
    chance, damaged = random.Random(seed), bytearray(content)
    for _ in range(wounds):
        place = chance.randrange(len(damaged))
        match chance.randrange(3):
            case 0:
                damaged[place] = chance.randrange(256)
            case 1:
                del damaged[place : place + chance.randrange(1, 40)]
            case _:
                damaged[place:place] = chance.randbytes(chance.randrange(1, 40))
        if not damaged:
            return
    try:
        taken(name, bytes(damaged))
    except Refused as refused:
        assert refused.messages[0]
