"""The staff's screens of meetings; each module registers its own."""

from meetings.admin import groups, joint, library, live, meetings, polls, seats, slots, surveys, talks

__all__ = ["groups", "joint", "library", "live", "meetings", "polls", "seats", "slots", "surveys", "talks"]
