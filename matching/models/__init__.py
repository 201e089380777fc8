from matching.models.collaboration import Collaboration, Confirmation, LogoLicence, Progress, Side
from matching.models.posting import Application, Designation, MatchingSettings, Posting

__all__ = [
    "Application",
    "Collaboration",
    "Confirmation",
    "Designation",
    "LogoLicence",
    "MatchingSettings",
    "Posting",
    "Progress",
    "Side",
]
