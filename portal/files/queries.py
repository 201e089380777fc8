from collections.abc import Iterator, Sequence

from django.core.files.storage import default_storage
from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.files.models import StoredFile
from portal.files.senders import BROWSER
from portal.web.registry import WorkItem, WorkQueue


def pending_size(*, of_strangers: bool) -> int:
    """How much the programme holds of what nobody has finished sending."""
    strangers = Q(sender__startswith=BROWSER)
    pending = StoredFile.objects.pending().filter(strangers if of_strangers else ~strangers)
    return pending.aggregate(total=Sum("size"))["total"] or 0


def has_pending(files: Sequence[StoredFile]) -> bool:
    """Whether some of them still wait for a row: a form that is sent a second time brings none."""
    return StoredFile.objects.pending().filter(pk__in=[file.pk for file in files]).exists()


def stored_by_folder(programme_id: int) -> Iterator[dict[str, str]]:
    """Key → path of what lies in the storage for a programme, one of its 256 folders after the other."""
    for folder in _listed(str(programme_id))[0]:
        yield {key: f"{programme_id}/{folder}/{key}" for key in _listed(f"{programme_id}/{folder}")[1]}


def stored_exports(programme_id: int) -> set[str]:
    """The paths of a programme's full exports, beside the uploaded files."""
    return {f"exports/{programme_id}/{name}" for name in _listed(f"exports/{programme_id}")[1]}


def _listed(path: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(path)
    except FileNotFoundError:
        return [], []


def _unsafe_items() -> Sequence[WorkItem]:
    return [
        WorkItem(title=f"{file.name}：{file.get_state_display()}", url=_admin_url(file), since=file.uploaded_at)
        for file in StoredFile.objects.unsafe(timezone.now())[:50]
    ]


def _admin_url(file: StoredFile) -> str:
    return reverse("admin:files_storedfile_change", args=[file.pk])


unsafe_files_queue = WorkQueue(
    label=_("安全を確かめられないファイル"),
    url=lambda: reverse("admin:files_storedfile_changelist") + "?state__exact=quarantined",
    count=lambda: StoredFile.objects.unsafe(timezone.now()).count(),
    items=_unsafe_items,
)
