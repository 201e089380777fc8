"""What a sender's domain must say about itself so that its mail is believed: SPF, DKIM, DMARC. Pure: from TXT records
to sentences for an operator."""

from collections.abc import Iterator, Sequence

Records = Sequence[str]


def spf_problems(domain: str, records: Records) -> Iterator[str]:
    found = [record for record in records if record.lower().split(" ", 1)[0] == "v=spf1"]
    if not found:
        yield f'SPF: {domain} has none. Add a TXT record such as "v=spf1 include:YOUR-MAIL-SERVICE -all".'
    elif len(found) > 1:
        yield f"SPF: {domain} has {len(found)} records, so that receivers heed none. Join them into one."
    elif not found[0].lower().endswith(("-all", "~all")) and "redirect=" not in found[0].lower():
        yield f'SPF: "{found[0]}" lets everybody send. End it with "-all" or "~all".'


def dkim_problems(domain: str, selector: str, records: Records) -> Iterator[str]:
    name = f"{selector}._domainkey.{domain}"
    keys = [_tags(record).get("p") for record in records if "p=" in record]
    if not keys:
        yield f"DKIM: {name} has no key. Have the mail server sign, and publish its public key there."
    elif not any(keys):
        yield f"DKIM: the key of {name} is revoked (p= is empty)."


def dmarc_problems(domain: str, records: Records) -> Iterator[str]:
    name = f"_dmarc.{domain}"
    found = [_tags(record) for record in records if record.replace(" ", "").lower().startswith("v=dmarc1")]
    if not found:
        yield f'DMARC: {name} has none. Begin with the TXT record "v=DMARC1; p=none; rua=mailto:reports@{domain}".'
    elif len(found) > 1:
        yield f"DMARC: {name} has {len(found)} records, so that receivers heed none. Keep one."
    elif found[0].get("p", "").lower() not in ("none", "quarantine", "reject"):
        yield f"DMARC: {name} says no policy. Add p=none, p=quarantine or p=reject."


def _tags(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, _equals, value in pairs}
