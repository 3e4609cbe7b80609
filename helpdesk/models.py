from django.db import models


class Heartbeat(models.Model):
    """When a worker last did a job, and the token of the last canary it was sent."""

    name = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField()
    token = models.CharField(max_length=40, blank=True)

    def __str__(self):
        return f"{self.name} {self.at:%F %T}"
