"""Every form that somebody is shown, sent with what nobody should send: a clear page comes back, and nothing gets in."""

from collections import Counter
from contextlib import nullcontext
from copy import deepcopy
from functools import partial
from itertools import product
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from portal.tenancy.scope import programme_scope
from tests.prove.open_to_all import is_a_thing, is_for_everybody
from tests.prove.people import Person
from tests.prove.report import attack, note
from tests.prove.sending import CSRF, as_shown, sent
from tests.prove.walk import Field, Form, Walk

SCRIPT = "<svg onload=alert(1)>"
TEXTS = {
    "injection": f"'\">{SCRIPT}{{{{7*7}}}}${{7*7}}%s%(x)s'; DROP TABLE partners_partner; --\r\nBcc: a@example.com",
    "formula": '=HYPERLINK("http://example.com","x")',
    "overlong": "あ" * 20_000,
    "invisible": "\u202e\u2066\u200b\ufeff\u0007\u0085x",
    "rare characters": "髙﨑①㈱𠮷👨‍👩‍👧🏽\ud7ff",
    "nothing": "",
    "spaces": " \u3000\t\n ",
    "huge number": "9" * 40,
    "negative number": "-1",
    "a day that is none": "2026-02-31",
}
KINDS = list(TEXTS)
ROUNDS = 3
# What a form may be sent beside its own fields, in the hope that somebody saves it.
SMUGGLED = "himitsu-mass-assignment"
SMUGGLED_NAMES = (
    "state", "status", "role", "number", "name_folded", "certificate_code", "programme", "programme_id", "partner",
    "partner_id", "user", "user_id", "author", "email", "is_superuser", "is_staff", "is_active", "password",
    "was_appointed", "approved_by", "receipt_number", "note", "reason", "visibility", "content", "slug",
)  # fmt: skip
UPLOADS = {
    "injection": ("a'\"><svg>.pdf", b"<script>alert(1)</script>", "application/pdf"),
    "overlong": ("あ" * 150 + ".png", b"\x89PNG\r\n\x1a\n" + b"0" * 1000, "image/png"),
    "invisible": ("\u202egnp.exe", b"MZ" + b"\0" * 100, "image/png"),
    "nothing": ("empty.pdf", b"", "application/pdf"),
}
# Forms whose whole point is to be sent without a cookie of ours.
WITHOUT_CSRF: set[str] = set()
SLUGS = ("kanagawa", "tokyo", "yamaguchi")
# Whose forms are sent by whom.
LESS = (
    ("approver", "read_only"),
    ("approver", "owner"),
    ("approver", "public"),
    ("owner", "viewer"),
    ("owner", "public"),
)


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_a_hostile_text_in_every_field(forms: list[tuple[Person, Form]], round_: int) -> None:
    """Each field of a form gets another kind of text, and another one in the next round."""
    wrong: list[str] = []
    answers: Counter[int] = Counter()
    for person, form in forms:
        data = {
            one.name: _hostile(one, KINDS[(place * 3 + round_) % len(KINDS)]) for place, one in enumerate(form.fields)
        }
        for answer in sent(person.client, form, data, wrong, f"round {round_}"):
            answers[answer.status] += 1
            attack(answer.status, leaked=SCRIPT in answer.text)
            if answer.status >= 500 or SCRIPT in answer.text:
                wrong.append(
                    f"{person.name} {form.action}: {answer.status}{' with the script' * (SCRIPT in answer.text)}"
                )
    note(f"forms sent with hostile texts, round {round_ + 1}", dict(sorted(answers.items())))
    assert not wrong, "\n".join(wrong)


def test_a_choice_that_was_not_offered(forms: list[tuple[Person, Form]]) -> None:
    wrong: list[str] = []
    tried = 0
    for person, form in forms:
        for bad in ("nowhere", "999999999"):
            data = {
                one.name: bad if one.kind in ("select", "radio", "checkbox", "hidden") else one.value
                for one in form.fields
                if one.name != CSRF
            }
            for answer in sent(person.client, form, data, wrong, bad):
                tried += 1
                attack(answer.status)
                if answer.status >= 500:
                    wrong.append(f"{bad}: {person.name} {form.action}: {answer.status}")
    note("forms sent with choices that were not offered", tried)
    assert not wrong, "\n".join(wrong)


def test_what_a_form_does_not_ask_for_is_saved_nowhere(forms: list[tuple[Person, Form]]) -> None:
    wrong: list[str] = []
    for person, form in forms:
        own = {one.name: as_shown(one) for one in form.fields}
        names = [name for name in SMUGGLED_NAMES if name not in own]
        data = dict.fromkeys(names, SMUGGLED) | own
        look = partial(_saved, wrong, person, form)
        before = len(wrong)
        for answer in sent(person.client, form, data, wrong, "mass assignment", before_rollback=look):
            attack(answer.status, leaked=len(wrong) > before)
    note("forms sent with fields that they do not have", len(forms))
    assert not wrong, "\n".join(wrong)


def test_a_form_that_somebody_is_shown_may_be_sent_by_them(forms: list[tuple[Person, Form]]) -> None:
    wrong: list[str] = []
    for person, form in forms:
        if not form.has_button or not form.page.startswith(("/mypage/", "/admin/")):
            continue  # public pages are the same for everybody
        data = {one.name: as_shown(one) for one in form.fields}
        statuses = [answer.status for answer in sent(person.client, form, data, wrong, "as shown")]
        if 403 in statuses:
            wrong.append(f"{person.name} is shown a form on {form.page} and refused at {form.action}")
    assert not wrong, "\n".join(wrong)


def test_a_form_without_its_token_is_refused(forms: list[tuple[Person, Form]]) -> None:
    wrong: list[str] = []
    for person, form in forms:
        careful = Client(enforce_csrf_checks=True, headers={"host": person.host})
        careful.cookies = deepcopy(person.client.cookies)
        data = {one.name: as_shown(one) for one in form.fields if one.name != CSRF}
        for answer in sent(careful, form, data, wrong, "no token"):
            attack(answer.status)
            # 302: nothing was done, and what was typed comes back on the same page (portal/accounts/views/drafts.py).
            if answer.status not in (302, 403) and form.route not in WITHOUT_CSRF:
                wrong.append(f"{person.name} {form.action}: {answer.status}")
    note("forms sent without their token", len(forms))
    assert not wrong, "\n".join(wrong)


def test_a_form_is_refused_to_whoever_has_less(walks: dict[str, Walk], people: dict[str, Person]) -> None:
    """With all that stands in it, token and stamps too, as if the page had been passed on: no row is written."""
    wrong: list[str] = []
    tried = 0
    for slug, (role, other) in product(SLUGS, LESS):
        if f"{slug} {other}" not in people:
            continue
        lower, own = people[f"{slug} {other}"], walks[f"{slug} {other}"].forms.values()
        may_send = {(form.route, _names(form)) for form in own}
        for form in walks[f"{slug} {role}"].forms.values():
            if not form.page.startswith(("/mypage/", "/admin/")) or (form.route, _names(form)) in may_send:
                continue
            tried += 1
            data = {one.name: as_shown(one) for one in form.fields}
            before = len(wrong)
            look = partial(_written, wrong, lower, form)
            _forget_counts()
            for answer in sent(lower.client, form, data, wrong, f"as {lower.name}", before_rollback=look):
                attack(answer.status, leaked=len(wrong) > before)
    note("forms of a role sent with less", tried)
    assert not wrong, "\n".join(wrong)


def test_a_form_about_one_partner_is_refused_to_another(walks: dict[str, Walk], people: dict[str, Person]) -> None:
    wrong: list[str] = []
    tried = 0
    for slug, one, other in ((slug, *pair) for slug in SLUGS for pair in (("owner", "rival"), ("rival", "owner"))):
        lower = people[f"{slug} {other}"]
        own = {form.action for form in walks[lower.name].forms.values()}
        for form in walks[f"{slug} {one}"].forms.values():
            if not form.page.startswith("/mypage/") or form.action in own or not is_a_thing(form.action):
                continue
            if is_for_everybody(form.page, people[f"{slug} public"]):
                continue
            tried += 1
            data = {field.name: as_shown(field) for field in form.fields}
            for answer in sent(lower.client, form, data, wrong, f"as {lower.name}"):
                leaked = answer.status not in (403, 404)
                attack(answer.status, leaked=leaked)
                if leaked:
                    wrong.append(f"{lower.name} sends {form.action} of {form.page}: {answer.status}")
    note("forms about one partner sent by another", tried)
    assert not wrong, "\n".join(wrong)


def _forget_counts() -> None:
    """Postgres hands them in now and then; until then those of earlier transactions are among them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")


def _written(wrong: list[str], person: Person, form: Form) -> None:
    """Looks into what Postgres has counted since. Somebody who is sent to the door keeps what they typed, as a draft."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_stat_xact_user_tables WHERE n_tup_ins + n_tup_upd + n_tup_del > 0"
            " AND relname NOT IN ('django_session', 'accounts_draft')"
        )
        wrong += [
            f"{person.name} sends {form.action} of {form.page}: {name} is written" for (name,) in cursor.fetchall()
        ]


def _names(form: Form) -> frozenset[str]:
    return frozenset(one.name for one in form.fields)


def _hostile(one: Field, kind: str) -> Any:
    if one.name == CSRF or one.kind in ("hidden", "checkbox", "radio", "button", "submit"):
        return one.value
    if one.kind == "select":
        return one.choices[-1] if one.choices else ""
    if one.kind == "file":
        name, content, content_type = UPLOADS.get(kind, UPLOADS["nothing"])
        return SimpleUploadedFile(name, content, content_type)
    return TEXTS[kind]


def _saved(wrong: list[str], person: Person, form: Form) -> None:
    """Looks into every table that the person's programme has rows in; on the platform, into those of no programme."""
    programme = person.programme
    with programme_scope(programme) if programme else nullcontext(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_session'"
            " AND (%s OR NOT rowsecurity)"
            " AND has_table_privilege(format('%%I.%%I', schemaname, tablename), 'SELECT')",
            [programme is not None],
        )
        tables = [name for (name,) in cursor.fetchall()]
        assert len(tables) > 5
        cursor.execute(" UNION ALL ".join(f"SELECT '{t}' FROM {t} WHERE {t}::text LIKE '%{SMUGGLED}%'" for t in tables))
        wrong += [f"{form.action} saved a field that it does not have in {table}" for (table,) in cursor.fetchall()]
