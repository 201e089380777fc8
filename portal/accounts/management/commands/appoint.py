"""manage.py appoint kanagawa officer@example.jp --role approver --name "山田 太郎": the first officer of a programme.

Later ones are appointed on the staff's screens. `manage.py appoint --operator …` makes an operator of the platform.
The link that is printed sets the password; the second factor is set up at the first sign-in.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.urls import reverse

from portal.accounts.passwords import new_password_key
from portal.accounts.services.staff import IsPartnersPerson, appoint, make_operator
from portal.tenancy.models import Programme
from portal.tenancy.scope import programme_scope
from portal.web.access import StaffRole
from portal.web.links import absolute_url


class Command(BaseCommand):
    help = "Appoint staff of a programme, or an operator of the platform."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("programme", nargs="?", help="the programme's slug")
        parser.add_argument("address", help="the mail address to sign in with")
        parser.add_argument("--role", choices=[role.name.lower() for role in StaffRole], default="approver")
        parser.add_argument("--name", default="", help="the person's name")
        parser.add_argument("--operator", action="store_true", help="of the platform, not of a programme")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["address"])
        except ValidationError as error:
            raise CommandError(f"{options['address']!r} is no mail address.") from error
        if options["operator"]:
            user = make_operator(address=options["address"], name=options["name"])
            site = f"{'http' if settings.DEMO else 'https'}://{settings.PLATFORM_HOST}{settings.PORT_SUFFIX}"
        else:
            programme = Programme.objects.filter(slug=options["programme"]).first()
            if programme is None:
                known = ", ".join(Programme.objects.values_list("slug", flat=True))
                raise CommandError(f"No programme {options['programme']!r}. There are: {known or 'none'}.")
            with programme_scope(programme):
                try:
                    role = StaffRole[options["role"].upper()]
                    user = appoint(address=options["address"], name=options["name"], role=role, actor=None).user
                except IsPartnersPerson as error:
                    raise CommandError(
                        "This address is a partner's person's. Use another one for the office."
                    ) from error
                site = absolute_url("", programme)
        self.stdout.write(f"{user.email} may sign in after setting a password here, within three days:")
        self.stdout.write(site + reverse("staff:new_password", args=new_password_key(user)))
