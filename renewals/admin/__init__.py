"""The staff's screens of renewals. Importing them registers them."""

from renewals.admin import reports, rules, standings

__all__ = ["reports", "rules", "standings"]
