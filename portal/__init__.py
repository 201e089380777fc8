"""Kakehashi's project package: what every app stands on. docs/README.md has the map."""

from portal.celery import app as celery_app

__all__ = ["celery_app"]
