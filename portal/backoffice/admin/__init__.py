"""The office's own screens, one module for each part of the work. Django imports this package to find them."""

from portal.backoffice.admin import failures, handovers

__all__ = ["failures", "handovers"]
