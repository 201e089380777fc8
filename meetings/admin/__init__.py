"""The staff's screens of meetings; each module registers its own."""

from meetings.admin import library, meetings, polls, seats, talks

__all__ = ["library", "meetings", "polls", "seats", "talks"]
