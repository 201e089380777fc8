"""The staff's screens, one module for each part of the work. Django imports this package to find them."""

from matching.admin import applications, collaborations, introductions, logos, postings

__all__ = ["applications", "collaborations", "introductions", "logos", "postings"]
