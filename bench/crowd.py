"""Many partners, quickly: 20,000 in Kanagawa, 1,000 in Yamaguchi, and copies of the 20,000 in further programmes, until
the platform has 100,000. The rows are those that the services write, copied in past the wall.
"""

import random
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

from bench.stack import Stack

PARTNERS, FEW, ON_PLATFORM = 20_000, 1_000, 100_000
FIRST_NUMBER = 10_001
AT_ONCE = 2_000
# Exactly as many partners in the large programme as in the small one have this in their name.
RARE, RARE_PARTNERS = "燈籠", 60


@cache
def fill(stack: Stack) -> None:
    """Once, however many measurements need it."""
    for slug, number in (("kanagawa", PARTNERS), ("yamaguchi", FEW)):
        fill_programme(stack, slug, number)
    while on_platform(stack) < ON_PLATFORM:
        copy_programme(stack, "kanagawa")
    analyse(stack)


def fill_programme(stack: Stack, slug: str, number: int) -> None:
    """Until the programme has so many partners."""
    from partners.models import DirectoryKey, Partner
    from portal.local.data.partners import make_up
    from portal.tenancy.models import Programme
    from portal.tenancy.scope import programme_scope
    from portal.web.content import content_changed

    print(f"  {number:,} partners in {slug} …", file=sys.stderr, flush=True)
    programme = Programme.objects.get(slug=slug)
    with programme_scope(programme):
        for crowd in crowds(number - Partner.objects.count(), programme, make_up):
            Partner.objects.bulk_create(crowd)
            copy_in(stack, programme.pk, DirectoryKey._meta.db_table, crowd)
        content_changed()


def analyse(stack: Stack) -> None:
    with stack.postgres.connect("kakehashi") as connection:
        connection.execute("ANALYZE")


def crowds(number: int, programme: Any, make_up: Any) -> Iterator[list[Any]]:
    from partners.models import Batch, Partner
    from partners.models.registration import usual_sections
    from partners.services.records import searched_text

    chance, batches = random.Random(1), list(Batch.objects.all())
    partners = []
    for index in range(number):
        batch = chance.choice(batches)
        partner = Partner(
            number=FIRST_NUMBER + index, batch=batch, approved_on=batch.approved_on, **make_up(chance, programme)
        )
        every = max(1, number // RARE_PARTNERS)
        partner.name += f"{RARE}支店" if index % every == 0 and index // every < RARE_PARTNERS else f"第{index}支店"
        partner.folded = searched_text(partner, [], usual_sections())
        partners.append(partner)
        if len(partners) == AT_ONCE or index + 1 == number:
            yield partners
            partners = []


def copy_in(stack: Stack, programme_id: int, table: str, partners: list[Any]) -> None:
    from partners.models.registration import usual_sections
    from partners.services.records import directory_keys_of

    with (
        stack.postgres.connect("kakehashi") as connection,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} (programme_id, key, partner_id) FROM STDIN") as copy,
    ):
        for partner in partners:
            for key in directory_keys_of(partner, usual_sections()):
                copy.write_row((programme_id, key, partner.pk))


def copy_programme(stack: Stack, slug: str) -> None:
    """A further programme with the partners of this one once more."""
    from portal.tenancy.models import Programme

    original = Programme.objects.get(slug=slug)
    print(f"  {on_platform(stack):,} partners on the platform …", file=sys.stderr, flush=True)
    values = {field.attname: getattr(original, field.attname) for field in Programme._meta.concrete_fields}
    copy = Programme(**values | {"id": None, "slug": f"copy{Programme.objects.count()}"})
    copy.save()
    with stack.postgres.connect("kakehashi") as connection:
        # Foreign keys are not looked at: the rows were checked when they were first written.
        connection.execute("SET session_replication_role = replica")
        (last,) = connection.execute("SELECT max(id) FROM partners_partner").fetchone() or (0,)
        columns = [
            str(column)
            for (column,) in connection.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = 'partners_partner'"
            )
        ]
        changed = {"id": f"id + {last}", "programme_id": str(copy.pk), "batch_id": "NULL"}
        selected = ", ".join(changed.get(column, column) for column in columns)
        connection.execute(
            f"INSERT INTO partners_partner ({', '.join(columns)}) "  # type: ignore[arg-type]
            f"SELECT {selected} FROM partners_partner WHERE programme_id = {original.pk}"
        )
        connection.execute(
            f"INSERT INTO partners_directorykey (programme_id, key, partner_id) SELECT {copy.pk}, key, "  # type: ignore[arg-type]
            f"partner_id + {last} FROM partners_directorykey WHERE programme_id = {original.pk}"
        )
        # Whoever adds partners later goes on behind them.
        connection.execute(
            "SELECT setval(pg_get_serial_sequence('partners_partner', 'id'), max(id)) FROM partners_partner"
        )


def on_platform(stack: Stack) -> int:
    with stack.postgres.connect("kakehashi") as connection:
        (count,) = connection.execute("SELECT count(*) FROM partners_partner").fetchone() or (0,)
        return int(str(count))
