"""The staff's screens of meetings; each module registers its own."""

from meetings.admin import meetings, seats

__all__ = ["meetings", "seats"]
