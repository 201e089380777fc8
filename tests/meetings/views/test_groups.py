"""The pages of local groups, and a result on the page of the meeting to which it was brought."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from meetings.models import GroupResult, Invitation, LocalGroup
from portal.tenancy.models import Feature, Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import MemberRole, StaffRole
from tests.factories import make_group, make_meeting, make_partner

AsMember = Callable[..., Client]
ATSUGI = "142123"


@pytest.fixture
def group(kanagawa: Programme) -> LocalGroup:
    with programme_scope(kanagawa):
        return make_group()


def make_result(group: LocalGroup, **fields: object) -> GroupResult:
    usual = {"title": "空き店舗を学びの場に", "text": "## 決まったこと\n来年度に試します。", "is_shown": True}
    return GroupResult.objects.create(group=group, **(usual | fields))  # type: ignore[arg-type]


def test_in_and_out(as_member: AsMember, group: LocalGroup, tokyo: Programme) -> None:
    member = as_member(MemberRole.EDITOR, name="厚木の団体", municipality=ATSUGI)
    page, address = member.get("/mypage/groups/").text, f"/mypage/groups/{group.pk}/"
    assert page.index("入っている地域会") < page.index("県央地域会")
    assert "入っています" in member.get(address).text
    assert "抜ける" in member.get(f"{address}leave/").text
    left = member.post(f"{address}leave/", follow=True)
    assert left.redirect_chain == [(address, 302)]
    assert "入っています" not in left.text
    assert "厚木の団体" not in left.text.partition("入っている団体")[2]
    assert "入っています" in member.post(f"{address}join/", follow=True).text
    # Another programme's is unknown there; and a programme without groups has no pages of them.
    assert as_member(programme=tokyo).get(address).status_code == 404
    tokyo.features = [*tokyo.features, Feature.LOCAL_GROUPS]
    tokyo.save()
    assert as_member(programme=tokyo).get(address).status_code == 404


def test_the_page_costs_the_same_however_many_belong_to_it(
    as_member: AsMember, group: LocalGroup, kanagawa: Programme
) -> None:
    member, counts = as_member(), []
    for more in (1, 20):
        with programme_scope(kanagawa):
            for number in range(more):
                make_partner(name=f"団体{more}-{number}", municipality=ATSUGI)
                make_meeting(group=group)
                make_result(group)
        member.get("/mypage/")  # What is kept for a while is kept before counting.
        with CaptureQueriesContext(connection) as captured:
            assert member.get(f"/mypage/groups/{group.pk}/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_result_stands_on_the_page_of_its_meeting(
    as_member: AsMember, visit: Client, group: LocalGroup, kanagawa: Programme
) -> None:
    with programme_scope(kanagawa):
        meeting = make_meeting()
        public = make_result(group, meeting=meeting, audience="public")
        inner = make_result(group, meeting=meeting, title="団体だけの報告")
        draft = make_result(group, meeting=meeting, title="書きかけ", is_shown=False)
    page = visit.get(f"/meetings/{meeting.pk}/").text
    assert (public.title in page, inner.title in page, draft.title in page) == (True, False, False)
    page = as_member().get(f"/mypage/meetings/{meeting.pk}/").text
    assert (public.title in page, inner.title in page, draft.title in page) == (True, True, False)
    shown = visit.get(f"/meetings/results/{public.pk}/").text
    assert "来年度に試します。" in shown
    assert meeting.title in shown
    for hidden in (inner, draft):
        assert visit.get(f"/meetings/results/{hidden.pk}/").status_code == 404
    assert as_member().get(f"/mypage/groups/results/{inner.pk}/").status_code == 200
    assert as_member().get(f"/mypage/groups/results/{draft.pk}/").status_code == 404


def test_a_result_names_its_meeting_only_to_whom_it_is_shown(
    as_member: AsMember, group: LocalGroup, kanagawa: Programme
) -> None:
    with programme_scope(kanagawa):
        closed = make_meeting("招かれた方の会", visibility="invited")
        result = make_result(group, meeting=closed)
        member = as_member()
        address = f"/mypage/groups/results/{result.pk}/"
        assert "招かれた方の会" not in member.get(address).text
        Invitation.objects.create(meeting=closed, partner=member.member.partner)
    assert "招かれた方の会" in member.get(address).text


def test_staff_write_a_group_a_meeting_of_it_and_a_result(
    as_staff: Callable[..., Client], group: LocalGroup, kanagawa: Programme
) -> None:
    officer = as_staff(StaffRole.OFFICER)
    typed = {"name": "湘南地域会", "region": "湘南地域", "summary": "", "text": "", "is_open": "on", "position": "1"}
    assert officer.post("/admin/meetings/localgroup/add/", typed).status_code == 302
    with programme_scope(kanagawa):
        made = LocalGroup.objects.get(name="湘南地域会")
        make_partner(name="藤沢の団体", municipality="142051")
    assert "1団体：藤沢の団体" in officer.get(f"/admin/meetings/localgroup/{made.pk}/change/").text
    typed = {"group": str(made.pk), "title": "報告", "text": "話し合いました。", "audience": "public"}
    refused = officer.post("/admin/meetings/groupresult/add/", typed | {"meeting": "nowhere"})
    assert (refused.status_code, "選択したものは候補にありません。" in refused.text) == (200, True)
    assert officer.post("/admin/meetings/groupresult/add/", typed).status_code == 302
    with programme_scope(kanagawa):
        result = GroupResult.objects.get(title="報告")
    assert "写真と資料" in officer.get(f"/admin/meetings/groupresult/{result.pk}/change/").text
    assert officer.get(f"/admin/meetings/groupresult/{result.pk}/files/").status_code == 200
    assert officer.get(f"/admin/meetings/localgroup/{made.pk}/change/").status_code == 200
