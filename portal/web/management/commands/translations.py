"""manage.py translations: collects the marked strings into the catalogues and compiles them."""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.web import translations


class Command(BaseCommand):
    help = "Collects marked strings into portal/locale and compiles them. Without gettext on the machine."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        only = parser.add_mutually_exclusive_group()
        only.add_argument("--compile", action="store_true", help="only compile what is there")
        only.add_argument("--check", action="store_true", help="change nothing; fail if something is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["compile"]:
            self.collect(check=options["check"])
        if not options["check"]:
            translations.compile_all()

    def collect(self, *, check: bool) -> None:
        found = translations.extract(own_folders(), settings.BASE_DIR)
        wrong: list[str] = []
        for language in translations.CATALOGUES:
            known = translations.read(language)
            merged = translations.merge(language, known, found)
            if check:
                wrong += translations.problems(language, known, merged)
            else:
                translations.catalogue_path(language).parent.mkdir(parents=True, exist_ok=True)
                merged.save(str(translations.catalogue_path(language)))
                self.stdout.write(
                    f"{language}: {len(merged)} strings, {len(merged.untranslated_entries())} to translate"
                )
        if wrong:
            raise CommandError("\n".join(wrong))


def own_folders() -> list[Path]:
    """The templates, and every top folder that holds an app of ours."""
    installed = [Path(app.path) for app in apps.get_app_configs()]
    own = {path.relative_to(settings.BASE_DIR).parts[0] for path in installed if settings.BASE_DIR in path.parents}
    return [settings.BASE_DIR / "templates", *(settings.BASE_DIR / name for name in sorted(own - {".venv"}))]
