"""The life cycles: no way outside the tables, every state has an exit or is an end, and each can be reached."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.states import (
    APPLICATION_TRANSITIONS,
    CASE_TRANSITIONS,
    COLLABORATION_TRANSITIONS,
    INTRODUCTION_TRANSITIONS,
    INVITATION_TRANSITIONS,
    POSTING_TRANSITIONS,
    ApplicationState,
    CaseState,
    CollaborationState,
    IntroductionState,
    InvitationState,
    PostingState,
)

TABLES = [
    (POSTING_TRANSITIONS, PostingState.DRAFT, {PostingState.CLOSED, PostingState.WITHDRAWN}),
    (
        APPLICATION_TRANSITIONS,
        ApplicationState.SENT,
        {ApplicationState.ACCEPTED, ApplicationState.DECLINED, ApplicationState.WITHDRAWN, ApplicationState.LAPSED},
    ),
    (
        COLLABORATION_TRANSITIONS,
        CollaborationState.RUNNING,
        {CollaborationState.APPROVED, CollaborationState.ENDED},
    ),
    (INVITATION_TRANSITIONS, InvitationState.ASKED, set(InvitationState) - {InvitationState.ASKED}),
    (INTRODUCTION_TRANSITIONS, IntroductionState.PROPOSED, set(IntroductionState) - {IntroductionState.PROPOSED}),
    (CASE_TRANSITIONS, CaseState.DRAFT, {CaseState.DISCARDED}),
]


@pytest.mark.parametrize(("table", "start", "ends"), TABLES)
def test_every_state_is_in_its_table_and_only_the_ends_have_no_exit(
    table: dict[Any, set[Any]], start: Any, ends: set[Any]
) -> None:
    assert set(table) == set(type(start).__members__.values())
    assert {state for state, following in table.items() if not following} == ends
    assert all(state not in following for state, following in table.items())


@pytest.mark.parametrize(("table", "start", "ends"), TABLES)
def test_every_state_can_be_reached_and_leads_to_an_end(table: dict[Any, set[Any]], start: Any, ends: set[Any]) -> None:
    reached = {start}
    while more := {after for state in reached for after in table[state]} - reached:
        reached |= more
    assert reached == set(table)
    leading = set(ends)
    while more := {state for state, following in table.items() if following & leading} - leading:
        leading |= more
    assert leading == set(table)


@given(st.lists(st.sampled_from(list(PostingState)), max_size=12))
def test_a_walk_never_leaves_an_end_nor_skips_the_check(wishes: list[PostingState]) -> None:
    """Whatever is asked for in whatever order: what is listed was submitted, and an end stays."""
    walked = [PostingState.DRAFT]
    for wish in wishes:
        if wish in POSTING_TRANSITIONS[walked[-1]]:
            walked.append(wish)
    ends = [at for at, state in enumerate(walked) if not POSTING_TRANSITIONS[state]]
    assert ends in ([], [len(walked) - 1])
    if PostingState.LISTED in walked:
        assert PostingState.SUBMITTED in walked[: walked.index(PostingState.LISTED)]


@given(st.lists(st.sampled_from(list(CaseState)), max_size=16))
def test_no_case_is_public_without_the_office_and_none_is_thrown_away_while_it_is(wishes: list[CaseState]) -> None:
    walked = [CaseState.DRAFT]
    for wish in wishes:
        if wish in CASE_TRANSITIONS[walked[-1]]:
            walked.append(wish)
    for before, after in pairwise(walked):
        assert after != CaseState.PUBLISHED or before == CaseState.SUBMITTED
        assert before != CaseState.PUBLISHED or after in (CaseState.WITHDRAWN, CaseState.RETURNED)
