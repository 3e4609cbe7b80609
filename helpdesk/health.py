"""Is the process up, and is the whole stack ready for work?"""

import secrets
import time
from datetime import timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import JsonResponse
from django.utils import timezone
from kombu.exceptions import OperationalError

from tenants.mail import TIMER
from tenants.models import Timer

from .models import Heartbeat

STALE = timedelta(seconds=30)
MOST = 1000


def alive(request):
    """The process answers."""
    return JsonResponse({"status": "ok"})


def ready(request):
    """Database, migrations, broker and worker, each by name; 503 when one of them is not there."""
    checks = {"database": database(), "migrations": migrations(), "broker": broker(), "worker": worker()}
    ok = all(checks.values())
    told = {name: "ok" if good else "failed" for name, good in checks.items()}
    answer = {"status": "ok" if ok else "not ready", **told, "mail": mail() if checks["database"] else {}}
    return JsonResponse(answer, status=200 if ok else 503)


def database():
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def migrations():
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False


def broker():
    """The doorbell rings; without it work is found by the sweep, later."""
    try:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.5, socket_connect_timeout=0.3)
        return bool(client.ping())
    except redis.RedisError:
        return False


def worker():
    try:
        return Heartbeat.objects.filter(name="worker", at__gt=timezone.now() - STALE).exists()
    except DatabaseError:
        return False


def mail():
    """How much mail is due and how much of it was tried in vain, up to a thousand; no reason to stop serving."""
    due = Timer.objects.filter(kind=TIMER, due_at__lte=timezone.now())
    return {"due": due[:MOST].count(), "failing": due.filter(attempts__gt=0)[:MOST].count()}


def canary(timeout=60.0):
    """Send a worker one small job and wait for its trace; True when the whole path works."""
    from .tasks import heartbeat

    token, ends = secrets.token_hex(8), time.monotonic() + timeout
    while time.monotonic() < ends:
        try:
            heartbeat.apply_async(kwargs={"token": token}, retry=False)
        except OperationalError:
            time.sleep(0.5)
            continue
        for _try in range(20):
            if Heartbeat.objects.filter(name="worker", token=token).exists():
                return True
            time.sleep(0.1)
    return False
