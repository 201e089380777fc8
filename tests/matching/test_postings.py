"""A posting's way from the first words to its end: what each step asks, tells, and puts on record."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from matching.models import MatchingSettings, Posting
from matching.services.postings import (
    edit_posting,
    end_posting,
    expire_postings,
    extend_posting,
    list_posting,
    name_partner,
    return_posting,
    start_posting,
    submit_posting,
)
from matching.states import ApplicationState, PostingState
from partners.models import Activity, Partner
from partners.states import PartnerState
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.web.access import Actor, MemberRole, StaffRole
from tests.factories import make_acting, make_actor, make_match, make_member, make_partner, make_posting
from tests.mailbox import letters
from tests.sessions import signed_in

DRAFT: dict[str, Any] = {"state": PostingState.DRAFT, "submitted_at": None, "listed_at": None, "listed_until": None}


@pytest.fixture
def owner(in_kanagawa: Programme) -> Actor:
    return make_acting(make_member(email="owner@aoba.example.jp"))


@pytest.fixture
def officer(in_kanagawa: Programme) -> Actor:
    return make_actor(StaffRole.OFFICER, in_kanagawa)


def partner_of(actor: Actor) -> Partner:
    return Partner.objects.get(pk=actor.place.partner_id)


def own(actor: Actor, **fields: Any) -> Posting:
    return make_posting(partner_of(actor), **fields)


def refused(deed: Callable[..., Any], **options: Any) -> str:
    with pytest.raises(ValidationError) as refusal:
        deed(**options)
    return " ".join(refusal.value.messages)


def test_from_draft_to_the_board(in_kanagawa: Programme, owner: Actor, officer: Actor) -> None:
    values = {"title": "海岸清掃", "theme": "ごみを数える", "what": "清掃", "when": "春", "asked_people": "5人",
              "category": "event", "contact_name": "港", "contact_email": "m@example.jp"}  # fmt: skip
    posting = start_posting(values=values, is_short=True, files=[], actor=owner)
    submit_posting(posting_id=posting.pk, actor=owner)
    assert letters(in_kanagawa, to=in_kanagawa.email, message="matching.posting_for_office")
    list_posting(posting=posting, actor=officer, comment="よい企画です。")
    posting.refresh_from_db()
    assert posting.state == PostingState.LISTED
    assert posting.listed_until == timezone.localdate() + timedelta(days=90)
    [told] = letters(in_kanagawa, to="owner@aoba.example.jp")
    assert told.message == "matching.posting_listed"
    assert "よい企画です。" in told.text
    [line] = Activity.objects.filter(partner=posting.partner)
    assert line.kind == Activity.Kind.MATCHING
    seen = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert seen == [Action.POSTING_SUBMITTED, Action.POSTING_LISTED]


def test_what_is_missing_is_named(owner: Actor) -> None:
    posting = start_posting(values={"title": "海岸清掃"}, is_short=False, files=[], actor=owner)
    reason = refused(submit_posting, posting_id=posting.pk, actor=owner)
    assert "データで見る現状" in reason
    assert "いっしょに取り組んでほしいこと（1つ以上）" in reason


def test_given_back_with_a_reason_and_submitted_again(in_kanagawa: Programme, owner: Actor, officer: Actor) -> None:
    posting = own(owner, state=PostingState.SUBMITTED)
    assert "直していただきたい点" in refused(return_posting, posting=posting, actor=officer, reason=" ")
    return_posting(posting=posting, actor=officer, reason="時期を書いてください。")
    [told] = letters(in_kanagawa, message="matching.posting_returned")
    assert "時期を書いてください。" in told.text
    posting = submit_posting(posting_id=posting.pk, actor=owner)
    assert posting.state == PostingState.SUBMITTED


@pytest.mark.parametrize(("checks", "state"), [(True, PostingState.SUBMITTED), (False, PostingState.LISTED)])
def test_an_edit_after_listing_is_checked_again_where_wanted(owner: Actor, checks: bool, state: PostingState) -> None:
    MatchingSettings.objects.create(checks_edits=checks)
    posting = own(owner)
    edited = edit_posting(posting_id=posting.pk, revision=1, values={"title": "海辺の清掃"}, files=[], actor=owner)
    assert (edited.title, edited.state) == ("海辺の清掃", state)


def test_a_listed_posting_is_edited_with_a_kept_draft(in_kanagawa: Programme) -> None:
    """A browser does not send the locked reach; a hand-made draft may not unlock it."""
    member = make_member()
    posting = make_posting(member.partner, reach="open_and_named")
    browser = signed_in(member.user, in_kanagawa, member)
    address = reverse("my_matching:edit", args=[posting.pk])
    typed = {name: value for name, value in browser.get(address).context["form"].initial.items()
             if name not in ("reach", "attachments") and value not in (None, [])}  # fmt: skip
    for kept in ({"title": "書きかけ"}, {"title": "書きかけ", "reach": "named"}):
        ticket = browser.get(address).context["draft"]
        assert browser.post("/drafts/", kept | {"_draft": ticket}).status_code == 204
        assert browser.get(address).context["form"]["reach"].value() == "open_and_named"
    assert browser.post(address, typed | {"title": "海辺の清掃"}).status_code == 302
    posting.refresh_from_db()
    assert (posting.title, posting.reach) == ("海辺の清掃", "open_and_named")


def test_comments_of_the_office_are_not_kept_on_record_for_ever(owner: Actor, officer: Actor) -> None:
    posting = own(owner, state=PostingState.SUBMITTED)
    return_posting(posting=posting, actor=officer, reason="時期を書いてください。")
    list_posting(posting=submit_posting(posting_id=posting.pk, actor=owner), actor=officer, comment="よい企画です。")
    assert not AuditEvent.objects.exclude(reason="").exists()


def test_the_second_of_two_editors_is_told(owner: Actor) -> None:
    posting = own(owner, **DRAFT)
    edit_posting(posting_id=posting.pk, revision=1, values={"title": "一人目"}, files=[], actor=owner)
    edit = {"posting_id": posting.pk, "revision": 1, "values": {"title": "二人目"}, "files": [], "actor": owner}
    assert "先に" in refused(edit_posting, **edit)


def test_whom_it_names(in_kanagawa: Programme, owner: Actor, officer: Actor) -> None:
    posting = own(owner, reach="named", **DRAFT)
    assert refused(submit_posting, posting_id=posting.pk, actor=owner) == "指名する団体を選んでください。"
    name = {"posting_id": posting.pk, "actor": owner}
    assert "自分の団体" in refused(name_partner, partner=posting.partner, **name)
    assert "登録中" in refused(name_partner, partner=make_partner(state=PartnerState.SUSPENDED), **name)
    wanted = make_member(partner=make_partner(name="NPO法人はま"), email="hama@hama.example.jp").partner
    name_partner(partner=wanted, **name)
    assert "1団体まで" in refused(name_partner, partner=make_partner(), **name)
    list_posting(posting=submit_posting(posting_id=posting.pk, actor=owner), actor=officer)
    [told] = letters(in_kanagawa, to="hama@hama.example.jp")
    assert told.message == "matching.designated"
    assert posting.title in told.text


def test_notice_end_and_extension(in_kanagawa: Programme, owner: Actor) -> None:
    today = timezone.localdate()
    posting = own(owner, listed_until=today + timedelta(days=7))
    for _again in range(2):
        expire_postings(today=today)
    assert [one.message for one in letters(in_kanagawa)] == ["matching.posting_expiring"]
    expire_postings(today=today + timedelta(days=8))
    posting.refresh_from_db()
    assert posting.state == PostingState.EXPIRED
    assert [one.message for one in letters(in_kanagawa)][1:] == ["matching.posting_expired"]
    extended = extend_posting(posting_id=posting.pk, actor=owner)
    assert (extended.state, extended.listed_until) == (PostingState.LISTED, today + timedelta(days=90))


def test_an_end_tells_whoever_waits_for_an_answer(in_kanagawa: Programme, owner: Actor) -> None:
    waiting = make_match(own(owner))
    make_member(partner=waiting.partner, email="taro@hama.example.jp")
    end_posting(posting_id=waiting.posting_id, state=PostingState.CLOSED, actor=owner)
    waiting.refresh_from_db()
    assert waiting.state == ApplicationState.LAPSED
    [told] = letters(in_kanagawa, to="taro@hama.example.jp")
    assert told.message == "matching.application_lapsed"


def test_what_has_ended_stays_so(owner: Actor) -> None:
    posting = own(owner, state=PostingState.CLOSED)
    for deed in (submit_posting, extend_posting):
        assert "募集終了" in refused(deed, posting_id=posting.pk, actor=owner)


def test_whoever_was_late_carries_on_from_what_they_now_see(in_kanagawa: Programme) -> None:
    """Refused once, with what the other saved beside it; a third one's change in between is caught again."""
    member = make_member()
    posting = make_posting(member.partner, state=PostingState.DRAFT)
    browser, actor = signed_in(member.user, in_kanagawa, member), make_acting(member)
    address = reverse("my_matching:edit", args=[posting.pk])
    typed = {name: value for name, value in browser.get(address).context["form"].initial.items()
             if name != "attachments" and value not in (None, [])} | {"title": "わたしの題"}  # fmt: skip

    def other_saves(title: str, revision: int) -> None:
        edit_posting(posting_id=posting.pk, revision=revision, values={"title": title}, files=[], actor=actor)

    other_saves("ほかの人の題", 1)
    for title, revision in (("ほかの人の題", 2), ("三人目の題", 3)):
        late = browser.post(address, typed)
        assert late.status_code == 200
        assert ("件名", title) in late.context["form"].newer
        typed["revision"] = late.context["form"]["revision"].value()
        assert typed["revision"] == str(revision)
        if revision == 2:
            other_saves("三人目の題", 2)
    assert browser.post(address, typed).status_code == 302
    posting.refresh_from_db()
    assert posting.title == "わたしの題"


@pytest.mark.parametrize("deed", [submit_posting, extend_posting])
def test_nobody_else_moves_it(owner: Actor, in_kanagawa: Programme, deed: Callable[..., Any]) -> None:
    posting = make_posting()
    viewer = make_acting(make_member(MemberRole.VIEWER, posting.partner))
    for actor in (owner, viewer, make_actor(StaffRole.READ_ONLY, in_kanagawa)):
        with pytest.raises(PermissionDenied):
            deed(posting_id=posting.pk, actor=actor)


def test_only_officers_list_and_return(in_kanagawa: Programme, owner: Actor) -> None:
    posting = own(owner, state=PostingState.SUBMITTED)
    for actor in (owner, make_actor(StaffRole.READ_ONLY, in_kanagawa)):
        with pytest.raises(PermissionDenied):
            list_posting(posting=posting, actor=actor)
        with pytest.raises(PermissionDenied):
            return_posting(posting=posting, actor=actor, reason="理由")
