"""Applying, answering and closing at the same moment: one order of events comes out, and every row agrees with it."""

from matching.models import Application, Case, Posting
from matching.services.applications import answer_application, apply_for, withdraw_application
from matching.services.cases import ask_consent, begin_case, publish_case, withdraw_consent
from matching.services.postings import end_posting
from matching.states import OPEN_APPLICATIONS, ApplicationState, CaseState, PostingState
from partners.models import Activity, Partner
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from tests.factories import (
    MATCH,
    make_acting,
    make_actor,
    make_approved_record,
    make_case,
    make_match,
    make_member,
    make_partner,
    make_posting,
    make_programme,
)
from tests.races.together import at_once


def test_two_colleagues_apply_once(committed: None) -> None:
    programme = make_programme("kanagawa")
    with programme_scope(programme):
        posting, partner = make_posting(), make_partner()
        actors = [make_acting(make_member(partner=partner)) for _ in range(4)]
    won = at_once(
        programme,
        *(lambda actor=actor: apply_for(posting_id=posting.pk, values=MATCH, actor=actor) for actor in actors),
    )
    assert won.count(True) == 1
    with programme_scope(programme):
        assert Application.objects.count() == 1


def test_applying_and_closing(committed: None) -> None:
    """Whoever came before the end is told of it; nobody is left waiting in a posting that is over."""
    programme = make_programme("kanagawa")
    with programme_scope(programme):
        owner = make_acting(make_member())
        posting = make_posting(Partner.objects.get(pk=owner.place.partner_id))
        actors = [make_acting(make_member(partner=make_partner())) for _ in range(3)]
    at_once(
        programme,
        *(lambda actor=actor: apply_for(posting_id=posting.pk, values=MATCH, actor=actor) for actor in actors),
        lambda: end_posting(posting_id=posting.pk, state=PostingState.CLOSED, actor=owner),
    )
    with programme_scope(programme):
        assert Posting.objects.get().state == PostingState.CLOSED
        assert not Application.objects.filter(state__in=OPEN_APPLICATIONS).exists()


def test_answering_taking_back_and_closing(committed: None) -> None:
    programme = make_programme("kanagawa")
    with programme_scope(programme):
        poster, applicant = make_member(), make_member(partner=make_partner())
        posting = make_posting(poster.partner)
        application = make_match(posting, applicant.partner)
        owner, other = make_acting(poster), make_acting(applicant)
    won = at_once(
        programme,
        lambda: answer_application(
            application_id=application.pk, state=ApplicationState.ACCEPTED, answer="", actor=owner
        ),
        lambda: withdraw_application(application_id=application.pk, reason="", actor=other),
        lambda: end_posting(posting_id=posting.pk, state=PostingState.CLOSED, actor=owner),
    )
    with programme_scope(programme):
        application.refresh_from_db()
    # Closing always comes through; of the other two at most one.
    assert won[2]
    expected = {(True, False): "accepted", (False, True): "withdrawn", (False, False): "lapsed"}
    assert application.state == expected[won[0], won[1]]


def test_a_consent_withdrawn_while_the_office_publishes(committed: None) -> None:
    """Whichever comes first: without the consent nothing is public, and the partner is told what became of it."""
    programme = make_programme("kanagawa")
    with programme_scope(programme):
        first, second = make_member(), make_member(partner=make_partner(name="NPO法人はま"))
        case = make_case(first.partner, second.partner, state=CaseState.SUBMITTED, published_at=None)
        officer, owner = make_actor(StaffRole.OFFICER, programme), make_acting(second)
    published, withdrawn = at_once(
        programme,
        lambda: publish_case(case=case, actor=officer),
        lambda: withdraw_consent(case_id=case.pk, actor=owner),
    )
    assert withdrawn
    with programme_scope(programme):
        assert Case.objects.get().state == CaseState.WITHDRAWN
        assert not Case.objects.public().exists()
        assert Activity.objects.filter(key=f"case:{case.pk}").count() == (2 if published else 0)


def test_two_sides_begin_and_agree_once(committed: None) -> None:
    programme = make_programme("kanagawa")
    with programme_scope(programme):
        record = make_approved_record()
        actors = [make_acting(make_member(partner=side.partner)) for side in record.sides.all()]
    at_once(programme, *(lambda actor=actor: begin_case(collaboration_id=record.pk, actor=actor) for actor in actors))
    with programme_scope(programme):
        case = Case.objects.get()
        assert case.sides.count() == 2
    at_once(
        programme,
        *(lambda actor=actor: ask_consent(case_id=case.pk, revision=1, actor=actor) for actor in actors),
    )
    with programme_scope(programme):
        # One asks, the other is told that it is already asked; its own consent is still to be given.
        assert Case.objects.get().state == CaseState.ASKED
        assert case.sides.filter(agreed_revision=1).count() == 1
