"""Splitting a statement into atomic goals, as provers and judge use it; the checker splits in the same way."""

from __future__ import annotations

from verify.checker.reduction import MAX_GOALS, TooManyGoals, goals, still

__all__ = ["MAX_GOALS", "TooManyGoals", "goals", "still"]
