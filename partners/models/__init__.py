"""The tables of partners.

partner.py what it is, history.py what it was and did, directory.py how it is found, people.py who acts for it,
registration.py how it came in, importing.py how many came in at once, moving.py who has not moved over yet,
content.py what the programme offers them, open_data.py what the public may take, reference.py what forms suggest from.
"""

from partners.models.content import Benefit, FieldExample, SupportDesk
from partners.models.directory import DirectoryKey
from partners.models.history import Activity, ChangeRequest, DailyFigures, Fact, FiguresAmendment
from partners.models.importing import ImportRow, ImportRun
from partners.models.moving import MovingMail, MovingPartner
from partners.models.open_data import OpenDataSet
from partners.models.partner import Equipment, Office, Partner
from partners.models.people import Consent, Member
from partners.models.reference import ListedCorporation, PostalTown
from partners.models.registration import Application, ApplicationVersion, Batch, RegistrationSettings

__all__ = [
    "Activity",
    "Application",
    "ApplicationVersion",
    "Batch",
    "Benefit",
    "ChangeRequest",
    "Consent",
    "DailyFigures",
    "DirectoryKey",
    "Equipment",
    "Fact",
    "FieldExample",
    "FiguresAmendment",
    "ImportRow",
    "ImportRun",
    "ListedCorporation",
    "Member",
    "MovingMail",
    "MovingPartner",
    "Office",
    "OpenDataSet",
    "Partner",
    "PostalTown",
    "RegistrationSettings",
    "SupportDesk",
]
