"""What is done by the clock."""

from celery import shared_task
from django.utils import timezone

from portal.inquiries.forgetting import forget_closed_inquiries
from portal.tenancy.rounds import for_each_programme


@shared_task
def forget_closed() -> None:
    """Personal data of inquiries that were closed as long ago as the programme has set."""
    for_each_programme(lambda: forget_closed_inquiries(timezone.now()))
