"""The staff's screens, one module for each part of the work. Django imports this package to find them."""

from portal.accounts.admin import appointments, users

__all__ = ["appointments", "users"]
