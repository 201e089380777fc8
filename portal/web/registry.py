"""The small registries through which an app shows itself in places that stand below or beside it.

An app fills them in `ready()` of its apps.py; whoever gathers (My Page, the staff's front page, bulk mail, the partner
page) reads them. So nothing imports upwards. Each registry is a list in the order of registration, keyed by a name.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db.models import Model, QuerySet, TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from portal.web.access import Actor, MemberRole, Membership, StaffRole

Entry = TypeVar("Entry")


class Registry(Generic[Entry]):
    def __init__(self, title: str) -> None:
        self.title = title
        self._entries: dict[str, Entry] = {}

    def register(self, name: str, entry: Entry) -> None:
        if name in self._entries:
            raise ValueError(f"{self.title}: {name!r} is registered twice.")
        self._entries[name] = entry

    def __getitem__(self, name: str) -> Entry:
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def names(self) -> list[str]:
        return list(self._entries)


@dataclass(frozen=True)
class Due:
    """One thing that a partner's person should do or know, on My Page."""

    title: str
    url: str
    at: datetime | None = None
    note: str = ""
    action: str = ""


@dataclass(frozen=True)
class Card:
    """A panel on My Page: its own template, and what is due from it, which is told what the template is shown."""

    template: str
    context: Callable[["Actor"], dict[str, Any]]
    due: Callable[["Actor", dict[str, Any]], Iterable[Due]] = lambda actor, card: ()
    feature: str = ""
    # Stands before the others.
    is_warning: bool = False


class MyPageGroup(TextChoices):
    """The headings in the menu of My Page, in their order; what is looked at first stands above them, without one."""

    FIRST = "first", ""
    OWN = "own", _("団体のこと")
    JOINING = "joining", _("参加する")
    TOGETHER = "together", _("連携のこと")
    OFFICE = "office", _("連絡と設定")


@dataclass(frozen=True)
class MyPageEntry:
    """A line in the menu of My Page."""

    label: "str | Promise"
    icon: str
    url_name: str
    group: MyPageGroup
    least: "MemberRole | None" = None
    feature: str = ""
    # Smaller stands higher in its group.
    order: int = 50
    # Where it is given, the line stands only where one of these has a row for this actor.
    found_in: Callable[["Actor"], Sequence[QuerySet[Any]]] | None = None


@dataclass(frozen=True)
class WorkItem:
    """One thing that waits for staff."""

    title: str
    url: str
    since: datetime
    due_at: datetime | None = None
    assignee: str = ""
    assignee_id: int | None = None
    # The item's model label and key: whoever it is assigned to is then found by itself.
    subject_type: str = ""
    subject_id: str = ""
    # Something was written that those who do it have not opened.
    is_unread: bool = False


@dataclass(frozen=True)
class WorkQueue:
    """A kind of work that waits: how much, the items, and the list where it is done.

    `items` gives the oldest first; a queue that may grow beyond a few hundred gives its oldest two hundred.
    """

    label: str | Promise
    url: Callable[[], str]
    count: Callable[[], int]
    items: Callable[[], Sequence[WorkItem]]
    # Shown only where the programme has this feature switched on.
    feature: str = ""
    # The model label of its items, where one that is not in the queue is done: it needs no handing over.
    about: str = ""


@dataclass(frozen=True)
class Chart:
    """One set of numbers of a day, as a picture with its table: columns over time, otherwise bars."""

    heading: str
    label: str
    unit: str
    rows: Sequence[tuple[str, int]]
    is_trend: bool = False
    note: str = ""
    # What was corrected since: it stands beside the numbers and changes none.
    corrections: Sequence[str] = ()

    @property
    def highest(self) -> int:
        return max((number for _label, number in self.rows), default=0)


@dataclass(frozen=True)
class Statistics:
    """What an app contributes to the statistics. `charts` gives the same for the same day, every time."""

    label: str | Promise
    charts: Callable[[date], Iterable[Chart]]
    # Shown only where the programme has this feature switched on.
    feature: str = ""


@dataclass(frozen=True)
class Approval:
    """A deed that a programme may put under a second approver. `carry_out(subject_id=, data=, actor=)` does it."""

    label: str | Promise
    carry_out: Callable[..., Any]
    # Where the approver sees what it is about.
    url: Callable[[str], str]
    # Told (subject_id=, actor=) when it will not be done: somebody declined it, or it was taken back.
    called_off: Callable[..., Any] | None = None
    # False: it always needs one, so there is nothing to choose.
    is_chosen: bool = True


@dataclass(frozen=True)
class Receiver:
    """Somebody whom a mailing goes to, as they are addressed in it."""

    address: str
    name: str
    organisation: str


@dataclass(frozen=True)
class Segment:
    """A group of receivers for a mailing, or of readers for an announcement: its choices, and who is in it now."""

    label: "str | Promise"
    choices: Callable[[], Sequence[tuple[str, "str | Promise"]]]
    receivers: Callable[[str], Sequence[Receiver]]
    # The rows by which a user is in it. Not asked yet, so that many segments make one question.
    rows_of: Callable[[str, Any], QuerySet[Any]]
    # The partners whose people it reaches; None, if it is of single people.
    partners: Callable[[str], QuerySet[Any]] | None = None

    def has(self, choice: str, user: Any) -> bool:
        return self.rows_of(choice, user).exists()


@dataclass(frozen=True)
class PartnerSection:
    """A part of a partner's public page that an app contributes."""

    template: str
    context: Callable[[Model, "Actor"], dict[str, Any] | None]


@dataclass(frozen=True)
class Address:
    """A public page for search engines: its path in Japanese, and when it last changed."""

    path: str
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Entrances:
    """Who may enter the current programme. `partners` answers for members, `accounts` for staff."""

    # The keys of all users who may come in as a partner's people, as a subquery.
    people: list[Callable[[], QuerySet[Any]]] = field(default_factory=list)
    memberships: list[Callable[[Any], Sequence["Membership"]]] = field(default_factory=list)
    staff_roles: list[Callable[[Any], "StaffRole | None"]] = field(default_factory=list)
    # A partner's person as one writes to them, for a query over rows with a user: by the name of the user's column,
    # subqueries "person", "organisation", "postal_code" and "postal_address".
    addressees: list[Callable[[str], dict[str, Any]]] = field(default_factory=list)
    # A partner by the number of its registration: its key and its name.
    partners: list[Callable[[int], tuple[int, str] | None]] = field(default_factory=list)
    # All users with a staff role now.
    staff: list[Callable[[], Iterable[Any]]] = field(default_factory=list)


my_page_cards: Registry[Card] = Registry("My Page cards")
my_page_menu: Registry[MyPageEntry] = Registry("My Page menu")
work_queues: Registry[WorkQueue] = Registry("Work queues")
approvals: Registry[Approval] = Registry("Approvals")
statistics: Registry[Statistics] = Registry("Statistics")
mail_segments: Registry[Segment] = Registry("Mail segments")
partner_sections: Registry[PartnerSection] = Registry("Partner page sections")
# The public pages of an app, for sitemap.xml.
public_addresses: Registry[Callable[[], Iterable[Address]]] = Registry("Public addresses")
# Model label of the owner row → may this actor have the file? Without an entry nobody may.
file_access: Registry[Callable[["Actor", Model], bool]] = Registry("File access")
# Model label → the keys of its rows that stay now, though everything of the programme leaves in one file.
rows_that_stay: Registry[Callable[[], Sequence[Any]]] = Registry("Rows that stay")
# Told which partners (their keys) have another name, within the transaction that gave it to them.
names_followed: Registry[Callable[[Sequence[int]], None]] = Registry("Names followed")
entrances = Entrances()
