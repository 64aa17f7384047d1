"""Processor time: budgets are kept in it, so that a busy machine changes no verdict."""

from __future__ import annotations

import os


def now() -> float:
    """Processor time in seconds of this process and of the children that it has waited for."""
    t = os.times()
    return t.user + t.system + t.children_user + t.children_system
