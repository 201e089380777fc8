"""The tables of renewals: rules.py the programme's versions, reports.py what partners hand in, deadlines.py what moves a
date, standing.py how each partner stands and what it was reminded of, docket.py the way to a removal,
federation.py what goes to other programmes and comes from them. What is owed is worked out from them, never stored.
"""

from renewals.models.deadlines import ExtendedPartner, Extension
from renewals.models.docket import Docket, DocketEntry
from renewals.models.federation import Arrival, Forwarding
from renewals.models.reports import Report, ReportVersion
from renewals.models.rules import RuleVersion
from renewals.models.standing import DutyMail, Reminder, Standing

__all__ = [
    "Arrival",
    "Docket",
    "DocketEntry",
    "DutyMail",
    "ExtendedPartner",
    "Extension",
    "Forwarding",
    "Reminder",
    "Report",
    "ReportVersion",
    "RuleVersion",
    "Standing",
]
