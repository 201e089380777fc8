"""The staff's screens, one module for each part of the work. Django imports this package to find them."""

from partners.admin import changes, content, importing, moving, partners, people, registration

__all__ = ["changes", "content", "importing", "moving", "partners", "people", "registration"]
