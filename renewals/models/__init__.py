"""The tables of renewals: rules.py the programme's versions, reports.py what partners hand in, deadlines.py what moves a
date, standing.py how each partner stands and what it was reminded of, docket.py the way to a removal. What is owed is worked out from them, never stored.
"""

from renewals.models.deadlines import ExtendedPartner, Extension
from renewals.models.docket import Docket, DocketEntry
from renewals.models.reports import Report, ReportVersion
from renewals.models.rules import RuleVersion
from renewals.models.standing import DutyMail, Reminder, Standing

__all__ = [
    "Docket",
    "DocketEntry",
    "DutyMail",
    "ExtendedPartner",
    "Extension",
    "Reminder",
    "Report",
    "ReportVersion",
    "RuleVersion",
    "Standing",
]
