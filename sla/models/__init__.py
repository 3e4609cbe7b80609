"""Calendars and policies that promise, clocks that run, pauses and turns that account for every minute."""

from .promises import Calendar, Matrix, Policy
from .tallies import Stint, Tally
from .time import Clock, Pause, TurnSpan

__all__ = ["Calendar", "Clock", "Matrix", "Pause", "Policy", "Stint", "Tally", "TurnSpan"]
