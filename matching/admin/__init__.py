"""The staff's screens, one module for each part of the work. Django imports this package to find them."""

from matching.admin import applications, cases, collaborations, introductions, logos, postings

__all__ = ["applications", "cases", "collaborations", "introductions", "logos", "postings"]
