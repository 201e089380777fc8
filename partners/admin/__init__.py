"""The staff's screens, one module for each part of the work. Django imports this package to find them."""

from partners.admin import content, importing, people, registration

__all__ = ["content", "importing", "people", "registration"]
