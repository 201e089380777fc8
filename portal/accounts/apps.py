from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    label = "accounts"
    verbose_name = "利用者"

    def ready(self) -> None:
        from portal.accounts.emails import MESSAGES
        from portal.accounts.queries import programme_staff, staff_role_of
        from portal.outbox.messages import register
        from portal.web.registry import entrances

        entrances.staff_roles.append(staff_role_of)
        entrances.staff.append(programme_staff)
        register(*MESSAGES)
