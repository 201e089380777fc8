"""python -m bench.naive.fill DATABASE_URL: makes the one table, with a thousand cards."""

import os
import sys
from datetime import date, timedelta

import django

os.environ |= {"DJANGO_SETTINGS_MODULE": "bench.naive.settings", "NAIVE_DATABASE_URL": sys.argv[1]}
# Only then can models be imported.
django.setup()

from django.db import connection

from bench.naive.models import Card

TOWNS = ("横浜市", "川崎市", "相模原市", "横須賀市", "平塚市")
KINDS = ("企業", "団体", "学校")

with connection.schema_editor() as editor:
    editor.create_model(Card)
Card.objects.bulk_create(
    Card(
        name=f"株式会社かながわ{number:04}",
        town=TOWNS[number % 5],
        kind=KINDS[number % 3],
        summary=f"{number} 地域の工場から出る端材を学校の教材に変え、子どもたちと使い道を考えています。" * 3,
        since=date(2019, 4, 1) + timedelta(days=number),
    )
    for number in range(1000)
)
