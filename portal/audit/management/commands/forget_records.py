"""manage.py forget_records: delete from each programme's record what is older than the programme's rule.

Once a day, with the address of the tables' owner (DATABASE_OWNER_URL), which web, worker and beat do not have.
"""

from typing import Any

from django.core.management.base import BaseCommand

from portal.audit.services import forget_records
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope


class Command(BaseCommand):
    help = "Delete audit records that are older than their programme's rule."

    def handle(self, *args: Any, **options: Any) -> None:
        for programme in Programme.objects.all():
            with programme_scope(programme):
                if count := forget_records():
                    self.stdout.write(f"{programme.slug}: {count} records older than {programme.record_years} years")
