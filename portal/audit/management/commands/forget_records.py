"""manage.py forget_records: delete from each programme's record what is older than the programme's rule.

Once a day, with the address of the tables' owner (DATABASE_OWNER_URL), which web, worker and beat do not have.
"""

import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.audit.services import forget_records
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Delete audit records that are older than their programme's rule."

    def handle(self, *args: Any, **options: Any) -> None:
        failed = [programme.slug for programme in Programme.objects.all() if not self._forget(programme)]
        if failed:
            raise CommandError(f"Not done for {', '.join(failed)}: the log says why.")

    def _forget(self, programme: Programme) -> bool:
        try:
            with programme_scope(programme):
                count = forget_records()
        except Exception:
            # Whatever it was: the next programme has nothing to do with it.
            logger.exception("records not forgotten", extra={"facts": {"programme": programme.slug}})
            return False
        if count:
            self.stdout.write(f"{programme.slug}: {count} records older than {programme.record_years} years")
        return True
