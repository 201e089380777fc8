from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Django's admin with our site: `@admin.register` in an app's admin.py puts a model on programmes' hosts."""

    default_site = "portal.web.admin_site.ProgrammeSite"
