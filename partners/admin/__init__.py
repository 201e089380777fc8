"""The staff's screens, one module for each part of the work. Django imports this package to find them."""

from partners.admin import importing, people, registration

__all__ = ["importing", "people", "registration"]
