"""The staff's screens of meetings; each module registers its own."""

from meetings.admin import library, meetings, seats, talks

__all__ = ["library", "meetings", "seats", "talks"]
