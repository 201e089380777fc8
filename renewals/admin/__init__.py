"""The staff's screens of renewals. Importing them registers them."""

from renewals.admin import rules, standings

__all__ = ["rules", "standings"]
