"""The office's own screens, one module for each part of the work. Django imports this package to find them."""

from portal.backoffice.admin import exports, failures, handovers, persons

__all__ = ["exports", "failures", "handovers", "persons"]
