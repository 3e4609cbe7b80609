from celery import shared_task

from . import sweeping


@shared_task(name="tickets.sweep_files")
def sweep_files():
    """Beat's sweep over bytes that nothing names any more."""
    sweeping.sweep()


@shared_task(name="tickets.sweep_strays")
def sweep_strays():
    """Once a day the whole store is looked through for what no row tells of."""
    sweeping.sweep_strays()
