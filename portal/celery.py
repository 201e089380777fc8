"""The Celery application: tasks live in each app's tasks.py and are called by name."""

from celery import Celery

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
