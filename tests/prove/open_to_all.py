"""Which addresses show everybody the same, and which name a thing of somebody's."""

from urllib.parse import urlsplit

from django.urls import resolve

from matching.models import Posting
from matching.vocabulary import Reach
from meetings.models import Meeting
from portal.tenancy.scope import programme_scope
from tests.prove.people import Person
from tests.prove.walk import body_of

# Below /mypage/, and still the same thing for every partner.
FOR_EVERY_PARTNER = {
    "profile:other_partner", "my_meetings:reserve", "my_meetings:group", "my_meetings:leave_group", "my_meetings:group_result",
}  # fmt: skip
# So are these, unless the posting is for partners whom it names, and the meeting for some of them.
OF_A_POSTING = {"my_matching:posting", "my_matching:document", "my_matching:apply"}
FOR_ALL = (Meeting.Visibility.PUBLIC, Meeting.Visibility.PARTNERS)
OF_A_MEETING = {"my_meetings:detail", "my_meetings:entry"}


def in_japanese(address: str) -> str:
    return address.removeprefix("/en").removeprefix("/easy")


def is_a_thing(address: str) -> bool:
    """It names something: a number, a code, a file."""
    return any(character.isdigit() for character in address.partition("?")[0])


def is_for_everybody(address: str, public: Person) -> bool:
    match = resolve(urlsplit(in_japanese(address)).path)
    assert public.programme
    with programme_scope(public.programme):
        if match.view_name in OF_A_POSTING:
            return Posting.objects.get(pk=match.kwargs["posting_id"]).reach != Reach.NAMED
        if match.view_name in OF_A_MEETING:
            return Meeting.objects.get(pk=match.kwargs["pk"]).visibility in FOR_ALL
    return match.view_name in FOR_EVERY_PARTNER or answer_of(public, address)[0] == 200


def answer_of(person: Person, address: str) -> tuple[int, bytes]:
    answer = person.client.get(address)
    return answer.status_code, body_of(answer)
