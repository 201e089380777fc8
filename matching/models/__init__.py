from matching.models.case import Case, CaseSide
from matching.models.collaboration import Collaboration, Confirmation, LogoLicence, Progress, Side
from matching.models.introduction import Consent, Introduction
from matching.models.invitation import SideInvitation
from matching.models.logo import LogoEdition
from matching.models.posting import Application, Designation, MatchingSettings, Posting

__all__ = [
    "Application",
    "Case",
    "CaseSide",
    "Collaboration",
    "Confirmation",
    "Consent",
    "Designation",
    "Introduction",
    "LogoEdition",
    "LogoLicence",
    "MatchingSettings",
    "Posting",
    "Progress",
    "Side",
    "SideInvitation",
]
