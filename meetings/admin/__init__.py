"""The staff's screens of meetings; each module registers its own."""

from meetings.admin import groups, library, meetings, polls, seats, surveys, talks

__all__ = ["groups", "library", "meetings", "polls", "seats", "surveys", "talks"]
