"""What a partner's people do from end to end."""

from collections.abc import Callable

import pytest

from tests.prove.traveller import NARROW, WIDE, Journey

Start = Callable[[str, str], Journey]
# As it is promised to partners.
MOST_SECONDS_OF_A_REPORT = 180


@pytest.mark.parametrize("slug", ["kanagawa"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desktop", "phone"])
def test_the_annual_report_from_its_draft(start: Start, slug: str, size: dict[str, int]) -> None:
    journey = start(f"annual report, {size['width']} px", slug)
    owner = journey.member(f"owner@{slug}.example.jp", size)
    owner.go("/renewals/")
    owner.link("報告する")
    if not owner.page.locator("#id_business").input_value():
        owner.page.locator("#id_business").fill("地域の清掃に、社員と住民の20人で取り組みました。")
    owner.press("見え方の確認へ進む")
    owner.press("この内容で提出する")
    owner.sees("活動報告を受け付けました。")
    assert journey.seconds < MOST_SECONDS_OF_A_REPORT
