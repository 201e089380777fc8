"""Sending a form as somebody's browser does, or not quite so; whatever was written is taken back."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Self

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from tests.prove.walk import Field, Form, body_of

CSRF = "csrfmiddlewaretoken"


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    location: str

    @classmethod
    def read(cls, response: Any) -> Self:
        text = body_of(response).decode(errors="replace")
        return cls(response.status_code, text, response.get("Location", ""))


def sent(
    client: Client,
    form: Form,
    data: dict[str, Any],
    wrong: list[str],
    what: str,
    before_rollback: Callable[[], None] = lambda: None,
) -> Iterator[Answer]:
    """The answer; none if there was an exception, which stands in `wrong`."""
    cookies = deepcopy(client.cookies)
    try:
        with transaction.atomic():
            answer = Answer.read(client.post(form.action, data))
            before_rollback()
            transaction.set_rollback(True)
        yield answer
    except Exception as error:
        wrong.append(f"{what}: {form.action} ({form.page}): {type(error).__name__}: {str(error)[:160]}")
    finally:
        client.cookies = cookies


def as_shown(one: Field) -> Any:
    if one.kind == "file":
        return SimpleUploadedFile("a.txt", b"text", "text/plain")
    if one.kind == "select":
        return one.choices[-1] if one.choices else ""
    return one.value
