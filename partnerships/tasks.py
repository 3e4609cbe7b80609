from functools import partial

from celery import shared_task

from tenants import doorbell

from . import delivery, halts, nightly
from .lanes import CARRY


@shared_task(name=CARRY, time_limit=60, soft_time_limit=45)
def carry():
    """Somebody rang: carry letters until nobody waits or the shift is over."""
    doorbell.heard(CARRY)
    shift()


@shared_task(name="partnerships.sweep", time_limit=60, soft_time_limit=45)
def sweep():
    """Carry what the broker forgot to ring for."""
    shift()


def shift():
    if delivery.carry_all(seconds=20, call=partial(doorbell.ring, CARRY)):
        carry.apply_async(retry=False)


@shared_task(name="partnerships.watch")
def watch():
    """Beat's look at the links: whether letters stand still, and whom to tell."""
    halts.watch()


@shared_task(name="partnerships.reconcile", time_limit=60, soft_time_limit=45)
def reconcile():
    """Somebody rang, or beat's clock did: tell what is due to be compared."""
    if nightly.work(seconds=20):
        reconcile.apply_async(retry=False)
