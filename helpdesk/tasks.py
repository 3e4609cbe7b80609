from celery import shared_task
from django.utils import timezone

from .models import Heartbeat


@shared_task(name="helpdesk.heartbeat")
def heartbeat(token=""):
    """A worker is alive and can write to the database."""
    values = {"at": timezone.now()}
    if token:
        values["token"] = token
    Heartbeat.objects.update_or_create(name="worker", defaults=values)
