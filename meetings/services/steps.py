"""Surveys and polls open and close alike."""

from meetings.models import Survey, ThemePoll
from meetings.states import SURVEY_TRANSITIONS, SurveyState
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.access import Actor
from portal.web.steps import refuse_wrong_step


def move_survey(row: Survey | ThemePoll, state: SurveyState, actor: Actor) -> None:
    """Row locked."""
    refuse_wrong_step(row, state, SURVEY_TRANSITIONS)
    before, row.state = row.state, state
    row.save(update_fields=["state"])
    record_event(action=Action.SURVEY_MOVED, subject=row, actor=actor.user, changes={"state": (before, state)})
