"""The worker's side of the house: the broker is a doorbell, PostgreSQL is the truth."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

app = Celery("coticket")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
