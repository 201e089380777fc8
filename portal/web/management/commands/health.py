"""manage.py health: what /readyz tells operators, for a monitor on the machine. It ends with 1 unless all is well."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.web.health import everything


class Command(BaseCommand):
    help = "Say whether database, Redis, worker and beat are well."

    def handle(self, *args: Any, **options: Any) -> None:
        checks = everything()
        self.stdout.write(json.dumps(checks))
        if unwell := [name for name, well in checks.items() if not well]:
            raise CommandError(f"Not well: {', '.join(unwell)}.")
