"""A step to another state, refused in words where the table of states.py does not know it."""

from collections.abc import Collection, Mapping
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext as _

from meetings.models import Meeting, Seat, Survey, Talk, ThemePoll
from meetings.states import SURVEY_TRANSITIONS, SurveyState
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.access import Actor

State = TypeVar("State", bound=TextChoices)


def refuse_wrong_step(
    row: Meeting | Seat | Talk | Survey | ThemePoll, state: State, transitions: Mapping[State, Collection[State]]
) -> None:
    """Row locked."""
    if state not in transitions[type(state)(row.state)]:
        raise ValidationError(_("いまは「%s」です。") % row.get_state_display())


def move_survey(row: Survey | ThemePoll, state: SurveyState, actor: Actor) -> None:
    """Surveys and polls open and close alike. Row locked."""
    refuse_wrong_step(row, state, SURVEY_TRANSITIONS)
    before, row.state = row.state, state
    row.save(update_fields=["state"])
    record_event(action=Action.SURVEY_MOVED, subject=row, actor=actor.user, changes={"state": (before, state)})
