"""A proposal on paper: the same sections as on its page, ready to hand to a company."""

from django.utils import timezone
from django.utils.translation import gettext as _

from matching.models import Posting
from matching.queries.postings import content_of, facts_of, role_table
from portal.web.goals import SDG_GOALS
from portal.web.pdf import kept_pdf, render_pdf


def proposal_pdf(posting: Posting, *, with_contacts: bool) -> bytes:
    contacts = [
        (_("担当者の氏名"), posting.contact_name),
        (_("電話"), posting.contact_phone),
        (_("メールアドレス"), posting.contact_email),
    ]
    goals = _("、").join(f"{number} {SDG_GOALS[number][0]}" for number in posting.goals)
    facts = [(_("募集する団体"), posting.partner.name), *facts_of(posting)]
    facts += [(_("SDGsの目標"), goals)] if goals else []
    # With contacts it is for few, and is left nowhere.
    drawn = render_pdf if with_contacts else kept_pdf
    return drawn(
        "proposal.typ",
        title=posting.title,
        number=_("企画書 第%d号") % posting.pk,
        day=timezone.localdate(posting.listed_at or posting.created_at),
        data={
            "facts": facts,
            "sections": [(section.title, section.lines) for section in content_of(posting)],
            "roles_heading": _("役割の分担"),
            "roles_head": [_("役割"), _("募集する団体"), _("お願いしたい方")],
            "roles": [
                (line.label, "○" if line.brings else "", "○" if line.seeks else "")
                for _title, lines in role_table(posting)
                for line in lines
            ],
            "contacts_heading": _("連絡先"),
            "contacts": [(label, value) for label, value in contacts if value] if with_contacts else [],
        },
    )
