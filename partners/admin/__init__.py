"""The staff's screens, one module for each part of the work. Django imports this package to find them."""

from partners.admin import people, registration

__all__ = ["people", "registration"]
