from celery import shared_task

from . import delivery, halts


@shared_task(name="partnerships.carry", time_limit=60, soft_time_limit=45)
def carry():
    """Somebody rang: carry letters until nobody waits or the shift is over."""
    if delivery.carry_all(seconds=20):
        carry.apply_async(retry=False)


@shared_task(name="partnerships.sweep", time_limit=60, soft_time_limit=45)
def sweep():
    """Carry what the broker forgot to ring for."""
    if delivery.carry_all(seconds=20):
        carry.apply_async(retry=False)


@shared_task(name="partnerships.watch")
def watch():
    """Beat's look at the links: whether letters stand still, and whom to tell."""
    halts.watch()
