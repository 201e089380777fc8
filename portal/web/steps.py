"""A step to another state that is not open: said in one sentence everywhere."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import TextChoices
from django.utils.translation import gettext as _

State = TypeVar("State", bound=TextChoices)


class HasState(Protocol):
    state: Any

    def get_state_display(self) -> str: ...


def state_now(row: HasState) -> str:
    """Why not, for a row that is in another state than the step needs."""
    return _("いまは「%s」です。") % row.get_state_display()


def refuse_wrong_step(row: HasState, state: State, transitions: Mapping[State, Collection[State]]) -> None:
    """Row locked."""
    if state not in transitions[type(state)(row.state)]:
        raise ValidationError(state_now(row))
