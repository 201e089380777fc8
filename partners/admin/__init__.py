"""The staff's screens, one module for each part of the work. Django imports this package to find them."""

from partners.admin import changes, content, figures, importing, moving, partners, people, registration

__all__ = ["changes", "content", "figures", "importing", "moving", "partners", "people", "registration"]
