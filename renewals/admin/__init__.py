"""The staff's screens of renewals. Importing them registers them."""

from renewals.admin import dockets, extensions, reports, rules, standings

__all__ = ["dockets", "extensions", "reports", "rules", "standings"]
