"""Staff screens for what stands below the apps: the programme itself, its pages, requests for approval, the record.

They stand here and not beside their models because imports go one way: tenancy and audit know nothing of screens.
"""

from portal.web.admin import approvals, pages, platform, record, settings

__all__ = ["approvals", "pages", "platform", "record", "settings"]
