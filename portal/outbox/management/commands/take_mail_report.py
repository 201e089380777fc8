"""manage.py take_mail_report < report: one mail from the mailbox of a programme's sender, as a mail server's pipe gives it.

Whose mail it is about follows from the Message-ID in it. What is no report is left alone and said so; the exit is 0, so
that the mail server does not answer it. A database that is away for a moment gives 75: the mail server tries again.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError

from portal.outbox.bounces import take_finding
from portal.outbox.reports import MOST_BYTES, read_mail
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope

TRY_AGAIN = 75  # EX_TEMPFAIL


class Command(BaseCommand):
    help = "Take a delivery report or a complaint from standard input."

    def handle(self, *args: Any, **options: Any) -> None:
        finding = read_mail(sys.stdin.buffer.read(MOST_BYTES))
        if finding is None:
            self.stdout.write("no report about one mail of ours")
            return
        try:
            for programme in Programme.objects.all():
                with programme_scope(programme):
                    if take_finding(finding=finding):
                        self.stdout.write(f"{programme.slug}: {finding.kind}")
                        return
        except (OperationalError, InterfaceError):
            raise SystemExit(TRY_AGAIN) from None
        self.stdout.write("not about a mail that we know")
