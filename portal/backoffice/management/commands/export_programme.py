"""manage.py export_programme kanagawa kanagawa.zip: everything of one programme, for its exit or for its own archive."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.backoffice.exporting import write_export
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope


class Command(BaseCommand):
    help = "Write all tables and files of one programme into a ZIP with a manifest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", help="the programme's slug")
        parser.add_argument("target", type=Path, help="the ZIP to write; it must not exist yet")

    def handle(self, *args: Any, **options: Any) -> None:
        programme = Programme.objects.filter(slug=options["programme"]).first()
        if programme is None:
            raise CommandError(f"No programme {options['programme']!r}.")
        try:
            with options["target"].open("xb+") as target, programme_scope(programme):
                contents = write_export(target)
        except FileExistsError as refusal:
            raise CommandError(f"{options['target']} exists already.") from refusal
        self.stdout.write(
            f"{options['target']}: {len(contents.tables)} tables, {contents.rows} rows, {len(contents.files)} files,"
            f" {len(contents.missing)} files missing"
        )
