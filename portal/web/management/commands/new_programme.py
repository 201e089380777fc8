"""manage.py new_programme fukuoka fukuoka.example.jp --operator 福岡県 …: a programme with its host, ready to be set up.

Everything else is changed by its approvers on the staff's screens. Operators do the same on the platform's host.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from portal.tenancy.models import Programme, ProgrammeHost
from portal.web.services.programmes import change_hosts, create_programme

# Option, and what it is.
TEXTS = {
    "code": "the prefecture's or city's code of six digits, with check digit",
    "operator": "who runs it, in Japanese: 福岡県",
    "operator_en": "who runs it, in English",
    "name": "the programme's name in Japanese",
    "name_en": "the programme's name in English",
    "short_name": "at most 12 characters, for the subjects of mails",
    "office": "the office in charge, in Japanese",
    "office_en": "the office in charge, in English",
    "email": "where people write to; also the sender of mails, unless --sender says otherwise",
}


class Command(BaseCommand):
    help = "Create a programme with its first host."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="its name in commands, in small letters")
        parser.add_argument("host", help="the host name of its site")
        for name, text in TEXTS.items():
            parser.add_argument(f"--{name.replace('_', '-')}", required=True, help=text)
        parser.add_argument("--sender", default="", help="the address from which mails come")
        parser.add_argument("--hidden", action="store_true", help="not in the platform's list of programmes yet")

    def handle(self, *args: Any, **options: Any) -> None:
        texts = {name: options[name] for name in TEXTS if name != "code"}
        programme = Programme(
            slug=options["slug"],
            prefecture_code=options["code"],
            sender=options["sender"] or options["email"],
            introduction=f"{options['operator']}が運営する、{options['name']}のサイトです。",
            introduction_en=f"The site of {options['name_en']}, run by {options['operator_en']}.",
            is_public=not options["hidden"],
            **texts,
        )
        try:
            with transaction.atomic():
                create_programme(programme=programme, actor=None)
                host = ProgrammeHost(programme=programme, name=options["host"].strip().lower(), is_primary=True)
                host.full_clean()
                change_hosts(programme=programme, kept=[host], removed=[], actor=None)
        except ValidationError as refusal:
            problems = refusal.message_dict.items() if hasattr(refusal, "error_dict") else [("", refusal.messages)]
            raise CommandError("\n".join(f"{name}: {' '.join(texts)}" for name, texts in problems)) from refusal
        self.stdout.write(f"{programme} answers on {host.name}. Next, appoint its first approver:")
        self.stdout.write(f"  manage.py appoint {programme.slug} somebody@example.jp --role approver")
