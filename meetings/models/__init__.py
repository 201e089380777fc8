from meetings.models.groups import GroupResult, GroupWish, LocalGroup
from meetings.models.joint import JointGuest, JointHost, JointPerson, NamesConsent
from meetings.models.library import Feed, Video
from meetings.models.live import Backing, Board, Idea, LiveAnswer, LiveQuestion
from meetings.models.meetings import (
    Invitation,
    JoiningDetails,
    Meeting,
    MeetingSettings,
    Mode,
    ProgrammeItem,
)
from meetings.models.polls import Choice, PollOption, ThemePoll, Vote
from meetings.models.seats import Question, Seat, SignUp
from meetings.models.slots import Consultation, Draw, Reservation, Slot
from meetings.models.surveys import AnonymousReply, Reply, Survey, SurveyQuestion, Ticket
from meetings.models.talks import Talk, Theme

__all__ = [
    "AnonymousReply",
    "Backing",
    "Board",
    "Choice",
    "Consultation",
    "Draw",
    "Feed",
    "GroupResult",
    "GroupWish",
    "Idea",
    "Invitation",
    "JoiningDetails",
    "JointGuest",
    "JointHost",
    "JointPerson",
    "LiveAnswer",
    "LiveQuestion",
    "LocalGroup",
    "Meeting",
    "MeetingSettings",
    "Mode",
    "NamesConsent",
    "PollOption",
    "ProgrammeItem",
    "Question",
    "Reply",
    "Reservation",
    "Seat",
    "SignUp",
    "Slot",
    "Survey",
    "SurveyQuestion",
    "Talk",
    "Theme",
    "ThemePoll",
    "Ticket",
    "Video",
    "Vote",
]
