"""manage.py load_reference postal-codes KEN_ALL.CSV: the public lists from which forms suggest addresses and names.

`manage.py load_reference corporations 14_kanagawa_all.csv …` adds the corporations of a prefecture. Both files come from
their publishers, unpacked; without them nothing is suggested.
"""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from partners.reference import NotThisList
from partners.services.reference import load_corporations, load_postal_towns

LISTS = {"postal-codes": load_postal_towns, "corporations": load_corporations}


class Command(BaseCommand):
    help = "Load Japan Post's postal codes, or the National Tax Agency's corporations."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("list", choices=LISTS)
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--encoding", default="utf-8-sig", help="of the files; cp932 for the Shift_JIS ones")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"] == "postal-codes" and len(options["files"]) > 1:
            raise CommandError("The list of postal codes is one file; it takes the place of the former one.")
        for path in options["files"]:
            try:
                with path.open(encoding=options["encoding"], newline="") as file:
                    count = LISTS[options["list"]](csv.reader(file))
            except (OSError, UnicodeDecodeError, csv.Error, NotThisList) as error:
                raise CommandError(f"{path}: {error} Nothing of this file was loaded.") from error
            self.stdout.write(f"{path.name}: {count:,} rows.")
