from django.db import models

from portal.audit.models import AuditEvent, PlatformEvent
from portal.tenancy.scope import current_programme_or_none


def history_of(subject: models.Model) -> models.QuerySet[AuditEvent] | models.QuerySet[PlatformEvent]:
    """What is on record about one row, newest first, with the people who did it."""
    table = AuditEvent if current_programme_or_none() else PlatformEvent
    about = {"subject_type": subject._meta.label_lower, "subject_id": str(subject.pk)}
    return table.objects.filter(**about).select_related("actor")
