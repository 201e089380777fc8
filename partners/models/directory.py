"""The index of the public directory: what a partner is found by."""

from django.db import models

from partners.models.partner import Partner
from portal.tenancy.models import TenantModel


class DirectoryKey(TenantModel):
    """One row for each pair of characters of a listed partner's text, and for each value that it is filtered by.

    Written by services/records.py alone; search.py says how the keys of texts are made, queries.py how they are read.
    """

    pk = models.CompositePrimaryKey("programme_id", "key", "partner_id")
    key = models.CharField(max_length=60, db_collation="C")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="directory_keys")

    def __str__(self) -> str:
        return self.key
