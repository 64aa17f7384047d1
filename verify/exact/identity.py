"""Equality of two terms over a domain, by normal forms on sign cells."""

from __future__ import annotations

from verify.exact.signs import is_zero

__all__ = ["is_zero"]
