from django.apps import AppConfig
from django.db.models.signals import post_migrate


class TenancyConfig(AppConfig):
    name = "portal.tenancy"
    label = "tenancy"
    verbose_name = "事業"

    def ready(self) -> None:
        from portal.tenancy.wall import build_wall_after_migrate

        post_migrate.connect(build_wall_after_migrate, sender=self)
