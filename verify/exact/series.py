"""Limits, dominant terms and orders of growth by generalised series; see ``verify.exact.expansion``."""

from __future__ import annotations

from verify.exact.expansion.cases import GiveUp, MoreTerms, Undefined
from verify.exact.expansion.division import OnCase, explore
from verify.exact.expansion.limits import Leading, Limit, boundary_behaviour, limit, limit_cases

__all__ = [
    "GiveUp", "Leading", "Limit", "MoreTerms", "OnCase", "Undefined",
    "boundary_behaviour", "explore", "limit", "limit_cases",
]  # fmt: skip
