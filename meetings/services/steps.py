"""What sign-ups, reservations, surveys and polls share: none writes over what a colleague has sent meanwhile; and how
surveys and polls open and close."""

from django.core.exceptions import ValidationError

from meetings.models import Survey, ThemePoll
from meetings.states import SURVEY_TRANSITIONS, SurveyState
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.web.access import Actor
from portal.web.steps import refuse_wrong_step


class Overtaken(ValidationError):
    """What the form was filled in from is not what stands any more; `revision` is."""

    def __init__(self, message: str, revision: int) -> None:
        super().__init__(message)
        self.revision = revision


def move_survey(row: Survey | ThemePoll, state: SurveyState, actor: Actor) -> None:
    """Row locked."""
    refuse_wrong_step(row, state, SURVEY_TRANSITIONS)
    before, row.state = row.state, state
    row.save(update_fields=["state"])
    record_event(action=Action.SURVEY_MOVED, subject=row, actor=actor.user, changes={"state": (before, state)})


def lock_survey(survey_id: int) -> Survey:
    survey: Survey = Survey.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=survey_id)
    return survey
