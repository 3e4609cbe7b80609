from celery import shared_task

from . import timers


@shared_task(name="tenants.ring_timers")
def ring_timers():
    """Beat's sweep over what is due; content-free until each account is entered."""
    timers.ring_due()
