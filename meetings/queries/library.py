"""Who may have the captions of a video."""

from typing import Any

from portal.web.access import Actor


def may_have_captions(actor: Actor, video: Any) -> bool:
    """Whoever may see the video. Asked first for everybody, so that what is public reads no session."""
    if video.is_public:
        return True
    return actor.is_staff() or (video.is_shown and actor.is_member())
