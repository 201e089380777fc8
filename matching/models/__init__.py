from matching.models.collaboration import Collaboration, Confirmation, LogoLicence, Progress, Side
from matching.models.introduction import Consent, Introduction
from matching.models.posting import Application, Designation, MatchingSettings, Posting

__all__ = [
    "Application",
    "Collaboration",
    "Confirmation",
    "Consent",
    "Designation",
    "Introduction",
    "LogoLicence",
    "MatchingSettings",
    "Posting",
    "Progress",
    "Side",
]
