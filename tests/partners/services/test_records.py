from datetime import date

import pytest
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext_lazy, override

from partners.models import Activity, Fact, Partner
from partners.queries.finding import find_partners
from partners.services.records import add_partner, change_partner, lock_partner, record_activity
from partners.states import PartnerState
from portal.audit.models import Action, AuditEvent
from portal.tenancy.models import Programme
from portal.web.access import Actor
from portal.web.content import VERSION, content_version
from tests.factories import make_user

STAFF = Actor()


@pytest.fixture
def partner(in_kanagawa: Programme) -> Partner:
    values = {"name": "青葉商事", "kana": "アオバショウジ", "kind": "company", "goals": [7, 13], "number": 1}
    return add_partner(values=values, actor=STAFF, on=date(2024, 4, 13))


def values_on(partner: Partner, field: str, day: date) -> set[str]:
    return set(partner.facts.filter(field=field).on(day).values_list("value", flat=True))


def test_a_change_keeps_what_was_so_before(partner: Partner) -> None:
    change_partner(partner=partner, values={"name": "みどり商事", "goals": [13, 15]}, actor=STAFF, on=date(2025, 4, 1))
    assert values_on(partner, "name", date(2025, 3, 31)) == {"青葉商事"}
    assert values_on(partner, "name", date(2025, 4, 1)) == {"みどり商事"}
    assert values_on(partner, "goals", date(2025, 3, 31)) == {"7", "13"}
    assert values_on(partner, "goals", date(2025, 4, 1)) == {"13", "15"}
    assert values_on(partner, "name", date(2024, 4, 12)) == set()


def test_a_former_name_is_still_found(partner: Partner) -> None:
    change_partner(partner=partner, values={"name": "みどり商事"}, actor=STAFF)
    assert find_partners("ｱｵﾊﾞ").get() == partner  # its reading has not changed
    assert find_partners("青葉商事").get() == partner


def test_only_what_everybody_may_see_is_found(partner: Partner) -> None:
    change_partner(partner=partner, values={"strengths": "秘伝の製法"}, actor=STAFF)
    assert find_partners("秘伝").exists()
    change_partner(partner=partner, values={"visibility": {"strengths": "partners"}}, actor=STAFF)
    assert not find_partners("秘伝").exists()


def test_a_suspended_partner_is_not_found_and_comes_back(partner: Partner) -> None:
    change_partner(partner=partner, values={"state": PartnerState.SUSPENDED}, actor=STAFF)
    assert not find_partners("青葉").exists()
    change_partner(partner=partner, values={"state": PartnerState.REGISTERED}, actor=STAFF)
    assert find_partners("青葉", {"goal": ["7"]}).exists()


def test_what_changed_is_on_record_and_a_persons_data_by_name_only(partner: Partner) -> None:
    staff = Actor(user=make_user())
    changed = change_partner(
        partner=partner, values={"capital": 10000, "contact_name": "山田 花子", "name": "青葉商事"}, actor=staff, reason="電話で"
    )  # fmt: skip
    assert changed == ["capital", "contact_name"]
    event = AuditEvent.objects.filter(action=Action.PARTNER_CHANGED).get()
    assert event.changes == {"capital": [None, 10000], "contact_name": None}
    assert (event.actor, event.reason) == (staff.user, "電話で")


@pytest.mark.parametrize("kinds", [("sole-trader", "sole-trader"), ("founder", "company"), ("company", "founder")])
def test_a_person_who_is_a_partner_is_on_record_by_name_only(partner: Partner, kinds: tuple[str, str]) -> None:
    change_partner(partner=partner, values={"kind": kinds[0]}, actor=STAFF)
    values = {
        "kind": kinds[1],
        "name": "山田 花子",
        "kana": "ヤマダ ハナコ",
        "address": "日本大通1番",
        "culture": "ていねい",
    }
    change_partner(partner=partner, values=values, actor=STAFF)
    changes = AuditEvent.objects.filter(action=Action.PARTNER_CHANGED).latest("pk").changes
    assert {name for name, kept in changes.items() if kept is None} == {"name", "kana", "address"}
    assert changes["culture"] == ["", "ていねい"]


def test_nothing_changed_writes_nothing(partner: Partner) -> None:
    before = (partner.revision, AuditEvent.objects.count())
    assert change_partner(partner=partner, values={"name": "青葉商事"}, actor=STAFF) == []
    assert (partner.revision, AuditEvent.objects.count()) == before


def test_the_revision_counts_changes(partner: Partner) -> None:
    with transaction.atomic():
        locked = lock_partner(partner.pk)
        change_partner(partner=locked, values={"phone": "045-000-0000"}, actor=STAFF)
    assert Partner.objects.get(pk=partner.pk).revision == partner.revision + 1


def test_public_pages_learn_of_a_change_when_it_is_committed(
    partner: Partner, django_capture_on_commit_callbacks
) -> None:  # type: ignore[no-untyped-def]
    before = content_version()
    with django_capture_on_commit_callbacks(execute=True):
        change_partner(partner=partner, values={"summary": "新しい概要"}, actor=STAFF)
        assert cache.get(VERSION) == before
    assert cache.get(VERSION) == content_version() == before + 1


def test_a_late_version_never_lowers_a_newer_one(in_kanagawa: Programme) -> None:
    key = cache.make_key(VERSION)
    cache.keep_highest(key, 7, 60)
    cache.keep_highest(key, 6, 60)
    assert cache.get(VERSION) == 7


def test_an_activity_is_written_once(partner: Partner) -> None:
    for _ in range(2):
        record_activity(
            partner=partner, kind=Activity.Kind.MEETING, title="第3回 交流会に参加", key="meeting:3:attended"
        )
    assert partner.activities.count() == 1


def test_the_timeline_keeps_one_language_whoever_writes(partner: Partner) -> None:
    with override("en"):
        line = record_activity(
            partner=partner,
            kind=Activity.Kind.MEETING,
            title=gettext_lazy("団体"),
            key="x",
            path="/en/mypage/matching/",
        )
    assert (line.title, line.path) == ("団体", "/mypage/matching/")


def test_two_facts_of_one_field_cannot_both_be_open(partner: Partner) -> None:
    with pytest.raises(Exception, match="one_open_fact_per_value"), transaction.atomic():
        Fact.objects.create(partner=partner, field="name", value="青葉商事", since=date(2025, 1, 1))


def test_changing_costs_a_fixed_number_of_queries(partner: Partner, django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    # Two of them for a new name: postings and cases are found by it.
    with django_assert_max_num_queries(19):
        change_partner(partner=partner, values={"name": "新しい名前", "goals": [1, 2, 3, 4]}, actor=STAFF)
