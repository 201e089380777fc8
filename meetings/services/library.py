"""The captions of a video, as staff put them beside it."""

from collections.abc import Sequence

from django.db import transaction

from meetings.models import Video
from meetings.models.library import CAPTIONS
from portal.audit.models import Action
from portal.audit.services import record_event
from portal.files.models import StoredFile
from portal.files.services import set_files
from portal.web.access import Actor, only_staff


@transaction.atomic
def set_captions(*, video: Video, files: Sequence[StoredFile], actor: Actor) -> None:
    """With a file there are captions; without one there may still be some in the video itself."""
    only_staff(actor)
    video = Video.objects.select_for_update(of=("self",)).get(pk=video.pk)
    set_files(owner=video, slot=CAPTIONS, files=files, actor=actor.user)
    if files:
        video.has_captions = True
        video.save(update_fields=["has_captions"])
    record_event(action=Action.ROW_CHANGED, subject=video, actor=actor.user, changes={CAPTIONS: (None, len(files))})
