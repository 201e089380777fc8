"""A light load of writes that the portal acknowledges, and the proof of each: its row, its file, its mail.

A write counts as acknowledged when the answer leads on (302). What was not acknowledged may be there or not.
"""

import http.client
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench.mail_server import Arrival

HOST, TOKEN = "kanagawa.localhost", "m" * 32
# What people read when it cannot go on (portal/web/errors.py), whatever the template.
PLAIN_PAGE = "ただいま利用できません"
KINDS = ("sign-in", "registration", "inquiry")
ACKNOWLEDGED, TOLD, CUT, OTHER = "acknowledged", "told", "cut", "other"


@dataclass(frozen=True)
class Write:
    kind: str
    to: str
    began: float
    ended: float
    outcome: str
    said: str = ""


class Load:
    """So many people who write one after the other, until the block ends."""

    def __init__(self, address: tuple[str, int], inquiry_kind: int, people: int = 3) -> None:
        self.address, self.inquiry_kind, self.people = address, inquiry_kind, people
        self.writes: list[Write] = []
        self._over = threading.Event()

    @contextmanager
    def running(self) -> Iterator[None]:
        self._over.clear()
        threads = [threading.Thread(target=self._go_on) for _ in range(self.people)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._over.set()
            for thread in threads:
                thread.join()

    def _go_on(self) -> None:
        while not self._over.wait(0.25):
            self.write(random.choice(KINDS))

    def write(self, kind: str, upload: bytes = b"") -> Write:
        to = f"{uuid.uuid4().hex}@example.jp"
        path, fields = self._form(kind, to)
        began = time.time()
        try:
            status, text = self._post(path, fields, upload)
        except (OSError, http.client.HTTPException) as error:
            outcome, said = CUT, repr(error)
        else:
            outcome = ACKNOWLEDGED if status == 302 else TOLD if status == 503 and PLAIN_PAGE in text else OTHER
            said = "" if outcome == ACKNOWLEDGED else f"{path} answered {status}"
        write = Write(kind, to, began, time.time(), outcome, said)
        self.writes.append(write)
        return write

    def _form(self, kind: str, to: str) -> tuple[str, dict[str, str]]:
        if kind == "sign-in":
            return "/sign-in/", {"address": to}
        if kind == "registration":
            return "/partners/register/", {"address": to}
        fields = {
            "name": "測定 花子",
            "email": to,
            "text": "停電のときの質問",
            "form_key": str(uuid.uuid4()),
            "_send": "",
        }
        return f"/contact/{self.inquiry_kind}/", fields

    def _post(self, path: str, fields: dict[str, str], upload: bytes) -> tuple[int, str]:
        content_type, body = _multipart(fields | {"csrfmiddlewaretoken": TOKEN}, upload)
        connection = http.client.HTTPConnection(*self.address, timeout=30)
        connection.request("POST", path, body, {
            "Host": HOST,
            "Origin": f"https://{HOST}",
            "X-Forwarded-Proto": "https",
            # Each a visitor of its own: limits count by network address.
            "X-Forwarded-For": ".".join(str(random.randrange(1, 250)) for _ in range(4)),
            "Content-Type": content_type,
            "Cookie": f"__Host-csrf={TOKEN}",
        })  # fmt: skip
        try:
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()


def _multipart(fields: dict[str, str], upload: bytes) -> tuple[str, bytes]:
    parts = [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    if upload:
        head = 'name="attachment"; filename="plan.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
        parts.append(head.encode() + upload)
    body = b"".join(b"--part\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--part--\r\n"
    return "multipart/form-data; boundary=part", body


def lost(writes: list[Write], arrivals: list[Arrival]) -> list[Write]:
    """Acknowledged, and yet the row, its file or its mail is missing."""
    arrived = {mail.to for mail in arrivals}
    kept = {"sign-in": arrived, "registration": _applications(), "inquiry": _inquiries()}
    acknowledged = (write for write in writes if write.outcome == ACKNOWLEDGED)
    return [write for write in acknowledged if write.to not in arrived or write.to not in kept[write.kind]]


def twice(writes: list[Write], arrivals: list[Arrival]) -> int:
    """Mails that came more than once. Their Message-ID is the same, so that a mail program may drop the second."""
    ours = {write.to for write in writes}
    return sum(count - 1 for to, count in Counter(mail.to for mail in arrivals).items() if to in ours)


def _applications() -> set[str]:
    from partners.models import Application

    return set(Application.objects.values_list("email", flat=True))


def _inquiries() -> set[str]:
    """Those whose files, if they have any, are there in full length."""
    from django.core.files.storage import default_storage

    from portal.files.models import StoredFile
    from portal.inquiries.models import Inquiry, InquiryMessage

    addresses: dict[int | None, str] = dict(InquiryMessage.objects.values_list("pk", "inquiry__email"))
    whole = set(Inquiry.objects.values_list("email", flat=True))
    for file in StoredFile.objects.filter(owner_type=InquiryMessage._meta.label_lower):
        if not default_storage.exists(file.path) or default_storage.size(file.path) != file.size:
            whole.discard(addresses[file.owner_id])
    return whole
