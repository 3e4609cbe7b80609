from celery import shared_task

from . import doorbell, postman, timers
from .mail import TASK


@shared_task(name="tenants.ring_timers")
def ring_timers():
    """Beat's sweep over what is due; content-free until each account is entered."""
    timers.ring_due()


@shared_task(name=TASK, time_limit=60, soft_time_limit=45)
def post():
    """Somebody rang, or beat's clock did: send the mail that is due."""
    doorbell.heard(TASK)
    if postman.deliver_due():
        post.apply_async(retry=False)
