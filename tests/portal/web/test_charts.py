"""Charts: each picture says its finding in words, stands beside its numbers, and survives any count and label."""

import xml.etree.ElementTree as ET
from html import unescape

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from portal.web.templatetags.portal_charts import (
    Plot,
    cell_bar,
    columns_svg,
    highest,
    nice_ceiling,
    shade,
    shade_names,
    shortened,
    text_width,
    tiles_svg,
)

YEAR = [
    (f"{month}月", count) for month, count in zip(range(1, 13), (3, 9, 12, 31, 8, 0, 4, 4, 5, 6, 7, 2), strict=True)
]
SVG = "{http://www.w3.org/2000/svg}"
labels = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=40)
counts = st.integers(0, 10**12)


def render(source: str, **context: object) -> str:
    return Template("{% load portal_charts %}" + source).render(Context(context))


def parse(svg: str) -> ET.Element:
    return ET.fromstring(svg.replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1))


def columns(points: list[tuple[str, int]], **options: object) -> str:
    return render(
        '{% column_chart points heading="月ごとの新規登録" label="月" unit="件" now=now finding=finding %}',
        points=points, **({"now": "", "finding": ""} | options),
    )  # fmt: skip


def test_a_column_chart_says_its_finding_and_holds_its_numbers() -> None:
    html = columns(YEAR)
    assert 'role="img" aria-label="月ごとの新規登録。最も多いのは4月の31件"' in html
    for label, count in YEAR:
        assert f'<th scope="row">{label}</th><td class="num">{count}</td>' in html
    assert "bar-now" not in html


def test_an_unfinished_period_is_shaded_and_said() -> None:
    html = columns(YEAR, now="12月は20日まで")
    assert html.count("bar-now") == 1
    assert "12月は20日まで" in html


def test_a_finding_of_the_author_wins() -> None:
    assert 'aria-label="月ごとの新規登録。秋から減っています"' in columns(YEAR, finding="秋から減っています")


@pytest.mark.parametrize(
    "source",
    [
        '{% column_chart points heading="h" label="月" %}',
        '{% bar_table points caption="h" label="月" %}',
        '{% tile_map points heading="h" label="月" %}',
    ],
)
def test_without_numbers_there_is_a_sentence_and_no_picture(source: str) -> None:
    html = render(source, points=[])
    assert "まだ数字がありません" in html
    assert "<svg" not in html


@pytest.mark.parametrize("source", ["column_chart points heading", "bar_table points caption"])
def test_a_count_below_zero_is_a_mistake(source: str) -> None:
    with pytest.raises(ValueError, match="4月"):
        render("{% " + source + '="h" label="月" %}', points=[("3月", 2), ("4月", -1)])


def test_markup_in_a_label_stays_text() -> None:
    evil = '<script>alert("x")</script>&'
    html = columns([(evil, 3)]) + render('{% tile_map cells heading=h label="l" %}', cells=[(0, 0, evil, 1)], h=evil)
    assert "<script>" not in html
    assert evil in unescape(html)


def test_no_chart_needs_style_or_script() -> None:
    html = (
        columns(YEAR)
        + render('{% bar_table points caption="c" label="l" %}', points=YEAR)
        + render('{% tile_map cells heading="h" label="l" %}', cells=[(0, 0, "横浜市", 3)])
    )
    assert "style" not in html
    assert "<script" not in html
    assert ' fill="' not in html


def test_bars_are_shares_of_the_highest() -> None:
    html = render(
        '{% bar_table rows caption="目標" label="目標" unit="団体" %}', rows=[("貧困", 50), ("飢餓", 25), ("水", 0)]
    )
    assert [part.split('"')[0] for part in html.split('class="bar" width="')[1:]] == ["100.0", "50.0", "0.0"]
    assert "<caption>目標</caption>" in html


def test_all_bars_empty_when_all_counts_are_zero() -> None:
    assert 'width="0"' in cell_bar(0, 0)


def test_a_tile_map_shows_name_number_and_shade() -> None:
    html = render(
        '{% tile_map cells heading="市町村ごとの登録" label="市町村" unit="団体" %}',
        cells=[(0, 0, "横浜市", 138), (1, 2, "川崎市", 12), (1, 0, "三浦市", 0)],
    )
    assert 'aria-label="市町村ごとの登録。最も多いのは横浜市の138団体"' in html
    assert 'viewBox="0 0 400 160"' in html
    assert "table-scroll" not in html
    assert html.count('class="tile m4"') == html.count('class="tile m0"') == 2  # a tile and its entry in the legend
    assert "100以上" in html


def test_a_wide_map_scrolls_instead_of_shrinking() -> None:
    html = render('{% tile_map cells heading="地図" label="l" %}', cells=[(0, 7, "横浜市", 1)])
    assert 'role="region" aria-label="図：地図"' in html
    assert 'viewBox="0 0 640 80"' in html


def test_a_long_name_is_squeezed_into_its_tile() -> None:
    texts = list(parse(tiles_svg([(0, 0, "いちき串木野市", 1), (0, 1, "津市", 2)], name="n")).iter(f"{SVG}text"))
    assert [text.get("textLength") for text in texts if text.text and "市" in text.text] == ["72", None]


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        ([], ""),
        ([("4月", 0), ("5月", 0)], "すべて0件"),
        ([("4月", 7)], "最も多いのは4月の7件"),
        ([("4月", 7), ("5月", 7)], "どれも7件"),
        ([("4月", 7), ("5月", 7), ("6月", 1)], "最も多いのは4月、5月の7件"),
        ([*[(f"{month}月", 7) for month in range(4, 9)], ("9月", 1)], "最も多いのは4月など5件の7件"),
        ([("4月", 1_234_567)], "最も多いのは4月の1,234,567件"),
    ],
)
def test_the_finding_names_the_highest(points: list[tuple[str, int]], sentence: str) -> None:
    assert highest(points, "件") == sentence


@given(counts)
def test_the_axis_ends_at_a_round_number_above(value: int) -> None:
    ceiling = nice_ceiling(value)
    assert max(value, 4) <= ceiling <= max(2 * value, 4)
    assert ceiling % 4 == 0


@given(st.lists(st.tuples(labels, counts), min_size=1, max_size=60))
def test_any_counts_and_labels_stay_inside_the_picture(points: list[tuple[str, int]]) -> None:
    plot = Plot(points)
    root = parse(columns_svg(points, name="n"))
    bars = list(root.iter(f"{SVG}rect"))
    assert len(bars) == len(points)
    for bar in bars:
        x, y, width, height = (float(bar.get(name, "")) for name in ("x", "y", "width", "height"))
        assert plot.left <= x <= x + width <= plot.width
        assert plot.top <= y
        assert height >= 0
        assert y + height <= plot.height - plot.bottom + 0.1


def test_where_labels_would_touch_every_nth_is_written_and_always_the_last() -> None:
    points = [(f"{2024 + month // 12}年{month % 12 + 1}月", 5) for month in range(36)]
    texts = [text.text or "" for text in parse(columns_svg(points, name="n")).iter(f"{SVG}text")]
    written = [text for text in texts if "年" in text]
    assert written[-1] == "2026年12月"
    assert 5 < len(written) < 18


@given(labels, st.floats(15, 300))
def test_a_shortened_text_fits(text: str, width: float) -> None:
    assert text_width(shortened(text, width)) <= width


def test_shades_and_their_words_agree() -> None:
    assert [shade(value) for value in (0, 9, 10, 19, 20, 49, 50, 99, 100, 10**9)] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert shade_names() == ["0〜9", "10〜19", "20〜49", "50〜99", "100以上"]
