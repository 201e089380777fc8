"""The staff's screens of meetings; each module registers its own."""

from meetings.admin import meetings, seats, talks

__all__ = ["meetings", "seats", "talks"]
