"""The worker's side of the house: the broker is a doorbell, PostgreSQL is the truth."""

import os

from celery import Celery
from celery.app.amqp import AMQP
from kombu import Connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")


class Line(Connection):
    """A way to the broker that looks every two seconds whether it is back, however long it was away.

    Left alone, worker and clock would wait up to half a minute after its return, and letters with them.
    """

    def ensure_connection(self, *args, **options):
        return super().ensure_connection(*args, **{"interval_max": 2, **options})


class Lines(AMQP):
    Connection = Line


app = Celery("coticket", amqp=Lines)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
