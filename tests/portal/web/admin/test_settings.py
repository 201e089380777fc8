"""A programme's settings: checked, on record, undone from the record, in effect at once."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import model_to_dict
from django.test import Client
from PIL import Image

from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Feature, Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import Actor, StaffRole
from portal.web.models import ApprovalRequest
from portal.web.services.approvals import withdraw_request
from portal.web.services.programmes import RECORD_YEARS, SETTINGS
from tests.portal.web.deeds import RENAME, registered_deed

READ_ONLY, OFFICER, APPROVER = StaffRole
AsStaff = Callable[..., Client]
OnCommit = Callable[..., AbstractContextManager[Any]]


def address(programme: Programme, what: str = "change") -> str:
    return f"/admin/tenancy/programme/{programme.pk}/{what}/"


def form_of(programme: Programme, **changed: Any) -> dict[str, Any]:
    """What a browser sends when only this is changed."""
    values = {name: value for name, value in model_to_dict(programme).items() if name in SETTINGS and name != "wording"}
    wording = {
        f"wording-{key}-{code}": word for key, words in programme.wording.items() for code, word in words.items()
    }
    return values | {"staff_networks": "", "record_years": "", "inquiry_years": ""} | wording | changed


def png(colour: str = "#00428c") -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(target, "PNG")
    return SimpleUploadedFile("logo.png", target.getvalue(), "image/png")


def events(programme: Programme) -> list[AuditEvent]:
    with programme_scope(programme):
        return list(AuditEvent.objects.filter(action=Action.PROGRAMME_CHANGED))


def test_a_change_shows_at_once_and_stands_on_record(
    as_staff: AsStaff, kanagawa: Programme, visit: Client, django_capture_on_commit_callbacks: OnCommit
) -> None:
    approver = as_staff(APPROVER)
    assert kanagawa.name in visit.get("/").text
    with django_capture_on_commit_callbacks(execute=True):
        answer = approver.post(address(kanagawa), form_of(kanagawa, name="新しい名称"))
    assert answer.status_code == 302
    assert "新しい名称" in visit.get("/").text
    [event] = events(kanagawa)
    assert event.actor == approver.user  # type: ignore[attr-defined]
    assert event.changes == {"name": [kanagawa.name, "新しい名称"]}


def test_saving_without_a_change_records_nothing(as_staff: AsStaff, kanagawa: Programme) -> None:
    assert as_staff(APPROVER).post(address(kanagawa), form_of(kanagawa)).status_code == 302
    assert not events(kanagawa)


def test_two_approvers_do_not_undo_each_others_work(as_staff: AsStaff, kanagawa: Programme) -> None:
    form = form_of(kanagawa)
    approver = as_staff(APPROVER)
    approver.post(address(kanagawa), form | {"phone": "045-111-1111"})
    kanagawa.refresh_from_db()
    approver.post(address(kanagawa), form_of(kanagawa, hours="平日 9時〜17時"))
    kanagawa.refresh_from_db()
    assert (kanagawa.phone, kanagawa.hours) == ("045-111-1111", "平日 9時〜17時")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"prefecture_code": "140008"}, "検査数字が合いません"),
        ({"prefecture_code": "１４０００７x"}, "6"),
        ({"palette": "pink"}, "正しく選択してください"),
        ({"languages": ["en"]}, "日本語は外せません"),
        ({"features": ["nothing"]}, "正しく選択してください"),
        ({"email": "問い合わせ"}, "name@example.jp"),
        ({"name": ""}, "入力してください"),
        ({"wording-partner-ja": "長" * 41}, "40文字まで"),
        ({"staff_networks": "どこでも"}, "192.0.2.0/24"),
        ({"second_approval": ["nobody.knows"]}, "正しく選択してください"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_lost(
    as_staff: AsStaff, kanagawa: Programme, changed: dict[str, Any], said: str
) -> None:
    answer = as_staff(APPROVER).post(address(kanagawa), form_of(kanagawa, office="新しい部署") | changed)
    assert answer.status_code == 200
    assert said in answer.text
    assert "新しい部署" in answer.text
    assert not events(kanagawa)


def test_words_features_and_second_approval(as_staff: AsStaff, kanagawa: Programme, visit: Client) -> None:
    with registered_deed():
        form = form_of(
            kanagawa, **{"wording-partners-ja": " 会員 ", "wording-partners-en": ""}, features=[Feature.NEWS],
            second_approval=[RENAME],
        )  # fmt: skip
        assert as_staff(APPROVER).post(address(kanagawa), form).status_code == 302
    kanagawa.refresh_from_db()
    assert kanagawa.wording == {"partners": {"ja": "会員"}}
    assert (kanagawa.features, kanagawa.second_approval) == ([Feature.NEWS], [RENAME])


def test_what_another_approver_must_agree_to_is_said_and_waits(as_staff: AsStaff, kanagawa: Programme) -> None:
    approver = as_staff(APPROVER)
    approver.post(address(kanagawa), form_of(kanagawa, second_approval=[RECORD_YEARS], record_years=10))
    kanagawa.refresh_from_db()
    assert kanagawa.record_years == 10
    form = form_of(kanagawa, second_approval=[], record_years=5, hours="平日")
    said = approver.post(address(kanagawa), form, follow=True).text
    assert "ほかの承認者に承認を依頼しました" in said
    assert said.count("承認待ち：") == 2
    kanagawa.refresh_from_db()
    assert (kanagawa.second_approval, kanagawa.record_years, kanagawa.hours) == ([RECORD_YEARS], 10, "平日")
    again = approver.post(address(kanagawa), form_of(kanagawa, record_years=5, hours="毎日"))
    assert "すでに承認を依頼しています" in again.text and "毎日" in again.text
    # Nor is it undone from the record alone.
    chosen = next(event for event in events(kanagawa) if "second_approval" in event.changes)
    with programme_scope(kanagawa):
        for request in ApprovalRequest.objects.all():
            withdraw_request(request=request, actor=Actor(user=approver.user, staff_role=APPROVER))  # type: ignore[attr-defined]
    answer = approver.post(address(kanagawa, f"restore/{chosen.pk}"), follow=True)
    assert "ほかの承認者に承認を依頼しました" in answer.text
    kanagawa.refresh_from_db()
    assert kanagawa.second_approval == [RECORD_YEARS]


def test_a_logo_comes_goes_and_comes_back(
    as_staff: AsStaff, kanagawa: Programme, visit: Client, django_capture_on_commit_callbacks: OnCommit
) -> None:
    approver = as_staff(APPROVER)
    with django_capture_on_commit_callbacks(execute=True):
        approver.post(address(kanagawa), form_of(kanagawa, new_logo=png()))
    kanagawa.refresh_from_db()
    first = bytes(kanagawa.logo)
    shown = visit.get(f"/brand/{kanagawa.brand_version}/logo")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/png")
    assert "data:image/png;base64," in approver.get(address(kanagawa)).text

    approver.post(address(kanagawa), form_of(kanagawa, remove_logo="on"))
    kanagawa.refresh_from_db()
    assert not kanagawa.logo

    removed = events(kanagawa)[0]
    approver.post(address(kanagawa, f"restore/{removed.pk}"))
    kanagawa.refresh_from_db()
    assert bytes(kanagawa.logo) == first


def test_a_broken_picture_is_refused(as_staff: AsStaff, kanagawa: Programme) -> None:
    svg = SimpleUploadedFile("logo.png", b"<svg/>", "image/png")
    assert "画像として読めません" in as_staff(APPROVER).post(address(kanagawa), form_of(kanagawa, new_logo=svg)).text


def test_a_change_is_taken_back_from_the_record(as_staff: AsStaff, kanagawa: Programme) -> None:
    approver, name = as_staff(APPROVER), kanagawa.name
    approver.post(address(kanagawa), form_of(kanagawa, name="まちがい", palette="green"))
    kanagawa.refresh_from_db()
    approver.post(address(kanagawa), form_of(kanagawa, phone="045-111-1111"))
    mistake = events(kanagawa)[1]
    asked = approver.get(address(kanagawa, f"restore/{mistake.pk}")).text
    assert "まちがい" in asked
    assert name in asked
    kanagawa.refresh_from_db()
    assert kanagawa.name == "まちがい"
    approver.post(address(kanagawa, f"restore/{mistake.pk}"))
    kanagawa.refresh_from_db()
    assert (kanagawa.name, kanagawa.palette, kanagawa.phone) == (name, "blue", "045-111-1111")
    assert "の変更の取消し" in events(kanagawa)[0].reason
    assert "前と同じです" in approver.get(address(kanagawa, f"restore/{mistake.pk}")).text


def test_only_approvers_and_only_here(as_staff: AsStaff, kanagawa: Programme, tokyo: Programme) -> None:
    for role in (READ_ONLY, OFFICER):
        assert as_staff(role).post(address(kanagawa), form_of(kanagawa, name="変えた")).status_code == 403
    approver = as_staff(APPROVER)
    assert approver.post(address(tokyo), form_of(tokyo, name="変えた")).status_code == 404
    approver.post(address(kanagawa), form_of(kanagawa, slug="taken", is_public=""))
    approver.post(address(kanagawa), form_of(kanagawa, name="神奈川だけ"))
    for programme in (kanagawa, tokyo):
        programme.refresh_from_db()
    assert (kanagawa.slug, kanagawa.is_public, kanagawa.name) == ("kanagawa", True, "神奈川だけ")
    assert tokyo.name == "ネットクラブ"
    event = events(kanagawa)[0]
    other = as_staff(APPROVER, tokyo)
    assert other.get(address(tokyo, f"restore/{event.pk}")).status_code == 404
    assert as_staff(OFFICER).post(address(kanagawa, f"restore/{event.pk}")).status_code == 403
