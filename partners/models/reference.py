"""Public reference data, the same for every programme: what an operator has loaded (docs/operations.md). It only ever
suggests; nothing refers to these rows.
"""

from django.db import models


class PostalTown(models.Model):
    """One town of Japan Post's list. A code may stand for several towns, and even for several municipalities."""

    code = models.CharField(max_length=8)
    municipality = models.CharField(max_length=6)
    # Empty where the code stands for a whole municipality.
    town = models.CharField(max_length=120, blank=True)

    class Meta:
        indexes = [models.Index(fields=["code"], name="postal_town_by_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.town}"


class ListedCorporation(models.Model):
    """One corporation of the National Tax Agency's list (法人番号公表サイト), as far as it exists today."""

    number = models.CharField(max_length=13, primary_key=True)
    name = models.CharField(max_length=200)
    kana = models.CharField(max_length=300, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=8, blank=True)
    municipality = models.CharField(max_length=6, blank=True)
    address = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name
