from django.db import models


class Card(models.Model):
    name = models.CharField(max_length=80, db_index=True)
    town = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    summary = models.TextField()
    since = models.DateField()
