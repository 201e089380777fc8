"""Django's migrate, as the owner of the tables, and building each model's class once.

Django keeps the models of the past as classes, and for each new one builds all those anew that are connected with it.
Here that is nearly all of them: the work grows with the square of their number and was most of a first start. A new
model changes no class that is there, so only its own is built; tests/prove/test_migrate.py compares the tables.
"""

from collections.abc import Callable
from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.db.migrations.state import ModelState, ProjectState


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        djangos = ProjectState.add_model
        ProjectState.add_model = lambda state, model: add_alone(djangos, state, model)  # type: ignore[assignment,method-assign]
        try:
            super().handle(*args, **options)
        finally:
            ProjectState.add_model = djangos  # type: ignore[method-assign]


def add_alone(djangos: Callable[[ProjectState, ModelState], None], state: ProjectState, model: ModelState) -> None:
    """What Django's does, without the classes at hand, which it would build anew."""
    classes = state.__dict__.pop("apps", None)
    djangos(state, model)
    if classes is not None:
        classes.render_multiple([model])
        state.apps = classes
