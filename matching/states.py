"""The states of postings and applications, and how they may follow each other."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PostingState(models.TextChoices):
    DRAFT = "draft", _("下書き")
    SUBMITTED = "submitted", _("確認待ち")
    RETURNED = "returned", _("差戻し")
    LISTED = "listed", _("募集中")
    IN_TALKS = "in_talks", _("相談中")
    AGREED = "agreed", _("連携決定")
    CLOSED = "closed", _("募集終了")
    WITHDRAWN = "withdrawn", _("取下げ")
    EXPIRED = "expired", _("期限切れ")


POSTING_TRANSITIONS: dict[PostingState, set[PostingState]] = {
    PostingState.DRAFT: {PostingState.SUBMITTED, PostingState.WITHDRAWN},
    PostingState.SUBMITTED: {PostingState.RETURNED, PostingState.LISTED, PostingState.WITHDRAWN},
    PostingState.RETURNED: {PostingState.SUBMITTED, PostingState.WITHDRAWN},
    # Back to be checked, when it is edited and the programme wants to see that.
    PostingState.LISTED: {
        PostingState.SUBMITTED,
        PostingState.IN_TALKS,
        PostingState.AGREED,
        PostingState.CLOSED,
        PostingState.WITHDRAWN,
        PostingState.EXPIRED,
    },
    # Listed again, when the talks have led to nothing.
    PostingState.IN_TALKS: {
        PostingState.LISTED,
        PostingState.AGREED,
        PostingState.CLOSED,
        PostingState.WITHDRAWN,
        PostingState.EXPIRED,
    },
    PostingState.AGREED: {PostingState.CLOSED},
    # Listed again by one more period.
    PostingState.EXPIRED: {PostingState.LISTED, PostingState.CLOSED},
    PostingState.CLOSED: set(),
    PostingState.WITHDRAWN: set(),
}
# Shown to those for whom it is; applications may come.
OPEN_POSTINGS = (PostingState.LISTED, PostingState.IN_TALKS)
# Its own people may still change the text.
EDITABLE_POSTINGS = (PostingState.DRAFT, PostingState.RETURNED, PostingState.LISTED)

# Nobody but its own people and staff reads the text.
UNCHECKED_POSTINGS = (PostingState.DRAFT, PostingState.SUBMITTED, PostingState.RETURNED)


class ApplicationState(models.TextChoices):
    SENT = "sent", _("回答待ち")
    TALKING = "talking", _("相談したい")
    ACCEPTED = "accepted", _("連携する")
    DECLINED = "declined", _("見送り")
    WITHDRAWN = "withdrawn", _("応募の取下げ")
    # The posting ended before there was an answer.
    LAPSED = "lapsed", _("募集の終了")


APPLICATION_TRANSITIONS: dict[ApplicationState, set[ApplicationState]] = {
    ApplicationState.SENT: {
        ApplicationState.TALKING,
        ApplicationState.ACCEPTED,
        ApplicationState.DECLINED,
        ApplicationState.WITHDRAWN,
        ApplicationState.LAPSED,
    },
    ApplicationState.TALKING: {
        ApplicationState.ACCEPTED,
        ApplicationState.DECLINED,
        ApplicationState.WITHDRAWN,
        ApplicationState.LAPSED,
    },
    ApplicationState.ACCEPTED: set(),
    ApplicationState.DECLINED: set(),
    ApplicationState.WITHDRAWN: set(),
    ApplicationState.LAPSED: set(),
}
OPEN_APPLICATIONS = (ApplicationState.SENT, ApplicationState.TALKING)
STANDING_APPLICATIONS = (*OPEN_APPLICATIONS, ApplicationState.ACCEPTED)
ANSWERS = (ApplicationState.ACCEPTED, ApplicationState.TALKING, ApplicationState.DECLINED)


class CollaborationState(models.TextChoices):
    RUNNING = "running", _("進行中")
    REPORTED = "reported", _("成果報告の審査中")
    RETURNED = "returned", _("成果報告の差戻し")
    APPROVED = "approved", _("成果を承認")
    ENDED = "ended", _("終了")


COLLABORATION_TRANSITIONS: dict[CollaborationState, set[CollaborationState]] = {
    CollaborationState.RUNNING: {CollaborationState.REPORTED, CollaborationState.ENDED},
    CollaborationState.REPORTED: {CollaborationState.RETURNED, CollaborationState.APPROVED},
    CollaborationState.RETURNED: {CollaborationState.REPORTED, CollaborationState.ENDED},
    CollaborationState.APPROVED: set(),
    CollaborationState.ENDED: set(),
}
# Its sides may still agree on a plan and send the outcome.
UNFINISHED = (CollaborationState.RUNNING, CollaborationState.RETURNED)


class IntroductionState(models.TextChoices):
    PROPOSED = "proposed", _("回答待ち")
    AGREED = "agreed", _("双方が同意")
    DECLINED = "declined", _("見送り")
    WITHDRAWN = "withdrawn", _("事務局が取下げ")
    LAPSED = "lapsed", _("期限切れ")


# Agreed by the second yes, declined by the first no.
INTRODUCTION_TRANSITIONS: dict[IntroductionState, set[IntroductionState]] = {
    IntroductionState.PROPOSED: {
        IntroductionState.AGREED,
        IntroductionState.DECLINED,
        IntroductionState.WITHDRAWN,
        IntroductionState.LAPSED,
    },
    IntroductionState.AGREED: set(),
    IntroductionState.DECLINED: set(),
    IntroductionState.WITHDRAWN: set(),
    IntroductionState.LAPSED: set(),
}


class InvitationState(models.TextChoices):
    ASKED = "asked", _("回答待ち")
    JOINED = "joined", _("参加")
    DECLINED = "declined", _("見送り")
    TAKEN_BACK = "taken_back", _("取りやめ")


# To be a further side of a collaboration: asked by one of its sides.
INVITATION_TRANSITIONS: dict[InvitationState, set[InvitationState]] = {
    InvitationState.ASKED: {InvitationState.JOINED, InvitationState.DECLINED, InvitationState.TAKEN_BACK},
    InvitationState.JOINED: set(),
    InvitationState.DECLINED: set(),
    InvitationState.TAKEN_BACK: set(),
}


class CaseState(models.TextChoices):
    DRAFT = "draft", _("下書き")
    ASKED = "asked", _("同意待ち")
    SUBMITTED = "submitted", _("事務局の確認待ち")
    RETURNED = "returned", _("差戻し")
    PUBLISHED = "published", _("公開中")
    WITHDRAWN = "withdrawn", _("同意の取消し")
    DISCARDED = "discarded", _("取りやめ")


CASE_TRANSITIONS: dict[CaseState, set[CaseState]] = {
    # Straight to the office, when nobody else has to agree.
    CaseState.DRAFT: {CaseState.ASKED, CaseState.SUBMITTED, CaseState.DISCARDED},
    CaseState.ASKED: {CaseState.SUBMITTED, CaseState.WITHDRAWN},
    CaseState.SUBMITTED: {CaseState.PUBLISHED, CaseState.RETURNED, CaseState.WITHDRAWN},
    CaseState.RETURNED: {CaseState.ASKED, CaseState.SUBMITTED, CaseState.DISCARDED},
    # Taken off by a side that no longer agrees, or given back by the office.
    CaseState.PUBLISHED: {CaseState.WITHDRAWN, CaseState.RETURNED},
    CaseState.WITHDRAWN: {CaseState.ASKED, CaseState.SUBMITTED, CaseState.DISCARDED},
    CaseState.DISCARDED: set(),
}
# Staff read the text too; otherwise it is its sides' own.
READ_BY_OFFICE = (CaseState.SUBMITTED, CaseState.PUBLISHED)
# Its sides may write.
EDITABLE_CASES = (CaseState.DRAFT, CaseState.RETURNED, CaseState.WITHDRAWN)
# The text stands fixed, and a side may take its consent back.
CONSENTED_CASES = (CaseState.ASKED, CaseState.SUBMITTED, CaseState.PUBLISHED)
