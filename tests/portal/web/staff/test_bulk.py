"""One deed for many rows: staff see exactly what will change and what will not, and get exactly that."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.test import Client

from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.admin.pages import PageAdmin
from portal.web.models import ApprovalRequest, Page
from portal.web.staff import bulk
from portal.web.staff.bulk import ReasonForm
from tests.factories import make_page
from tests.portal.web.deeds import FIXED, RENAME, RENAMING, registered_deed

READ_ONLY, OFFICER, APPROVER = StaffRole
LIST = "/admin/web/page/"
AsStaff = Callable[..., Client]


@pytest.fixture(autouse=True)
def deed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(PageAdmin, "bulk_actions", [RENAMING])
    with registered_deed():
        yield


@pytest.fixture
def pages(kanagawa: Programme) -> list[Page]:
    with programme_scope(kanagawa):
        return [
            make_page("個人情報", slug="privacy"),
            make_page("方針", slug="site-policy"),
            make_page(FIXED, slug="accessibility"),
        ]


def press(staff: Client, chosen: list[Page], **more: str) -> str:
    data = {"action": "rename", "_selected_action": [page.pk for page in chosen]} | more
    answer = staff.post(LIST, data)
    return answer.text if answer.status_code == 200 else f"→ {answer['Location']}"


def seen(text: str) -> str:
    return re.search(r'name="seen" value="([0-9a-f]+)"', text)[1]  # type: ignore[index]


def titles(programme: Programme) -> list[str]:
    with programme_scope(programme):
        return list(Page.objects.order_by("pk").values_list("title", flat=True))


def test_the_confirm_page_says_what_will_change_and_what_is_left_out(as_staff: AsStaff, pages: list[Page]) -> None:
    shown = press(as_staff(OFFICER), pages)
    assert "対象になる2件" in shown
    assert "題名を「個人情報」から「新」に変えます。" in shown
    assert "対象から外した1件" in shown
    assert "このページは動かせません。" in shown
    assert titles(pages[0].programme) == ["個人情報", "方針", FIXED]


def test_confirmed_it_is_done_once_and_leads_back(as_staff: AsStaff, pages: list[Page]) -> None:
    officer = as_staff(OFFICER)
    assert press(officer, pages, seen=seen(press(officer, pages))) == f"→ {LIST}"
    assert titles(pages[0].programme) == ["新", "新", FIXED]
    assert "2件に「題名を変える」を実行しました。" in officer.get(LIST).text


def test_what_changed_meanwhile_is_shown_again(as_staff: AsStaff, pages: list[Page], kanagawa: Programme) -> None:
    officer = as_staff(OFFICER)
    first = seen(press(officer, pages))
    with programme_scope(kanagawa):
        Page.objects.filter(pk=pages[0].pk).update(title=FIXED)
    shown = press(officer, pages, seen=first)
    assert "内容が変わりました" in shown
    assert "対象になる1件" in shown
    assert titles(kanagawa) == [FIXED, "方針", FIXED]


def test_rows_that_are_gone_are_counted(as_staff: AsStaff, pages: list[Page], kanagawa: Programme) -> None:
    with programme_scope(kanagawa):
        pages[0].delete()
    pages[0].pk = 987654
    assert "1件は、一覧にもうありません。" in press(as_staff(OFFICER), pages)


def test_a_service_that_refuses_after_all_is_told(as_staff: AsStaff, pages: list[Page], kanagawa: Programme) -> None:
    officer = as_staff(OFFICER)
    trusting = bulk.BulkAction(
        name="rename",
        label="題名を変える",
        explanation="",
        preview=lambda page, actor: "変えます。",
        service=RENAMING.service,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PageAdmin, "bulk_actions", [trusting])
        press(officer, pages, seen=seen(press(officer, pages)))
    assert titles(kanagawa) == ["新", "新", FIXED]
    assert f"{FIXED}：このページは動かせません。" in officer.get(LIST).text


@pytest.mark.parametrize("role", [READ_ONLY])
def test_readers_have_no_deeds(as_staff: AsStaff, pages: list[Page], role: StaffRole) -> None:
    reader = as_staff(role)
    assert "題名を変える" not in reader.get(LIST).text
    assert "題名を変える" not in reader.get(f"{LIST}{pages[0].pk}/change/").text
    press(reader, pages, seen="0" * 32)
    assert titles(pages[0].programme) == ["個人情報", "方針", FIXED]


def test_another_programmes_rows_are_out_of_reach(as_staff: AsStaff, pages: list[Page], tokyo: Programme) -> None:
    with programme_scope(tokyo):
        own = make_page("東京の方針")
    officer = as_staff(OFFICER, tokyo)
    shown = press(officer, [own, *pages])
    assert "対象になる1件" in shown
    assert "個人情報" not in shown.split("<main")[1].split("</main>")[0]
    press(officer, [own, *pages], seen=seen(shown))
    assert titles(pages[0].programme) == ["個人情報", "方針", FIXED]
    assert titles(tokyo) == ["新"]


def test_too_many_at_once_are_refused(as_staff: AsStaff, pages: list[Page], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 2)
    officer = as_staff(OFFICER)
    press(officer, pages)
    assert "一度に選べるのは2件までです" in officer.get(LIST).text


def test_on_the_rows_own_page_one_press_does_it(as_staff: AsStaff, pages: list[Page], kanagawa: Programme) -> None:
    officer, address = as_staff(OFFICER), f"{LIST}{pages[0].pk}/change/"
    shown = officer.get(address).text
    assert "題名を「個人情報」から「新」に変えます。" in shown
    answer = press(officer, pages[:1], seen=seen(shown), from_object="1")
    assert answer == f"→ {address}"
    assert titles(kanagawa)[0] == "新"
    assert "題名を変える：このページは動かせません。" in officer.get(f"{LIST}{pages[2].pk}/change/").text


def test_a_deed_that_asks_something_keeps_what_was_typed(
    as_staff: AsStaff, pages: list[Page], kanagawa: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []
    asking = bulk.BulkAction(
        name="rename", label="題名を変える", explanation="", preview=lambda page, actor: "変えます。",
        service=lambda item, actor, reason: done.append((item.pk, reason)), form=ReasonForm,
    )  # fmt: skip
    monkeypatch.setattr(PageAdmin, "bulk_actions", [asking])
    officer = as_staff(OFFICER)
    shown = press(officer, pages[:1])
    empty = press(officer, pages[:1], seen=seen(shown))
    assert "エラー：入力してください。" in empty
    too_long = press(officer, pages[:1], seen=seen(shown), **{"with-reason": "長" * 501})
    assert "長" * 501 in too_long
    assert not done
    press(officer, pages[:1], seen=seen(shown), **{"with-reason": "引っ越し"})
    assert done == [(pages[0].pk, "引っ越し")]


def test_where_two_must_agree_it_is_asked_instead_of_done(
    as_staff: AsStaff, pages: list[Page], kanagawa: Programme
) -> None:
    kanagawa.second_approval = [RENAME]
    kanagawa.save()
    officer, approver = as_staff(OFFICER), as_staff(APPROVER)
    shown = press(officer, pages)
    assert "2件の承認を依頼する" in shown
    press(officer, pages, seen=seen(shown))
    assert titles(kanagawa) == ["個人情報", "方針", FIXED]
    assert "すでに承認を依頼しています。" in press(officer, pages)
    with programme_scope(kanagawa):
        request = ApprovalRequest.objects.get(subject_id=str(pages[0].pk))
    address = f"/admin/web/approvalrequest/{request.pk}/change/"
    assert "題名を「個人情報」から「新」に変えます。" in officer.get(address).text
    assert "承認して実行する" not in officer.get(address).text
    data = {"action": "approve", "_selected_action": request.pk, "seen": seen(approver.get(address).text)}
    assert approver.post("/admin/web/approvalrequest/", data).status_code == 302
    assert titles(kanagawa) == ["新", "方針", FIXED]
