"""manage.py check_mail_domain [kanagawa] [--selector s1]: what is missing for a programme's sender to be believed.

Without a programme, all of them. It asks the machine's own name server, or --server; it exits with 1 if something is
missing.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.outbox.addresses import split_address
from portal.outbox.dns import NoAnswer, system_server, txt_records
from portal.outbox.mail_domain import dkim_problems, dmarc_problems, spf_problems
from portal.tenancy.models import Programme


class Command(BaseCommand):
    help = "Say what SPF, DKIM and DMARC lack for a programme's sender."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("programme", nargs="?", help="the programme's slug")
        parser.add_argument("--selector", default="", help="of the DKIM key that the mail server signs with")
        parser.add_argument("--server", default="", help="a name server: 192.0.2.53 or 192.0.2.53:5353")

    def handle(self, *args: Any, **options: Any) -> None:
        programmes = Programme.objects.all()
        if options["programme"]:
            programmes = programmes.filter(slug=options["programme"])
        if not programmes:
            raise CommandError(f"There is no programme {options['programme']!r}.")
        try:
            host, _colon, port = options["server"].partition(":")
            server = (host, int(port or 53)) if host else system_server()
            missing = 0
            for programme in programmes:
                problems = list(self._problems(split_address(programme.sender)[1], options["selector"], server))
                missing += len(problems)
                self.stdout.write(f"{programme.slug} ({programme.sender}): {'all there.' if not problems else ''}")
                self.stdout.writelines(f"  {problem}" for problem in problems)
        except NoAnswer as reason:
            raise CommandError(str(reason)) from reason
        if not options["selector"]:
            self.stdout.write("DKIM was not looked at: name the key with --selector.")
        if missing:
            raise CommandError(f"{missing} missing.")

    def _problems(self, domain: str, selector: str, server: tuple[str, int]) -> Iterator[str]:
        yield from spf_problems(domain, txt_records(domain, server))
        if selector:
            yield from dkim_problems(domain, selector, txt_records(f"{selector}._domainkey.{domain}", server))
        yield from dmarc_problems(domain, txt_records(f"_dmarc.{domain}", server))
