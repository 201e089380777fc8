from django.db import models
from django.utils.translation import gettext_lazy as _


class FileState(models.TextChoices):
    """Only a READY file is ever handed out. Without a scanner (settings.FILE_SCANNER) a file is ready at once."""

    UPLOADED = "uploaded", _("検査待ち")
    READY = "ready", _("利用できる")
    QUARANTINED = "quarantined", _("隔離")


TRANSITIONS: dict[FileState, set[FileState]] = {
    FileState.UPLOADED: {FileState.READY, FileState.QUARANTINED},
    FileState.READY: set(),
    # A false alarm is looked at once more, after the scanner has learnt better.
    FileState.QUARANTINED: {FileState.UPLOADED},
}
