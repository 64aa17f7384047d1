"""Replays certificates without the code that searched for them.

``replay(statement, certificate)`` is True only where the certificate proves the statement: every step is worked
out again here, from the statement itself, in exact or ball arithmetic (or by asking both solvers again). It imports
none of the provers. Kinds: ``boxes``, ``squares``, ``sturm``, ``calculus``, ``solvers``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verify.statement import Statement

Certificate = Mapping[str, Any]


def replay(statement: Statement, certificate: Certificate) -> bool:
    """Whether the certificate proves the statement; a malformed certificate proves nothing."""
    kind = certificate.get("kind")
    if certificate.get("statement") != statement.text:
        return False
    try:
        return _replay(kind, statement, certificate)
    except (KeyError, IndexError, TypeError, ValueError, ZeroDivisionError, RecursionError, AttributeError):
        return False


def _replay(kind: object, statement: Statement, certificate: Certificate) -> bool:
    if kind in ("squares", "sturm"):
        from verify.checker.squares import check_squares, check_sturm

        return (check_squares if kind == "squares" else check_sturm)(statement, certificate)
    if kind == "boxes":
        from verify.checker.boxes import check_boxes

        return check_boxes(statement, certificate)
    if kind == "calculus":
        from verify.checker.calculus import check_calculus

        return check_calculus(statement, certificate)
    if kind == "solvers":
        return _ask_again(statement, certificate)
    return False


def _ask_again(statement: Statement, certificate: Certificate) -> bool:
    from verify.checker.smt import query
    from verify.checker.solvers import ask_cvc5, ask_z3

    text, _ = query(statement, integers_as_reals=bool(certificate["integers_as_reals"]))
    limit = int(certificate["milliseconds"])
    return ask_z3(text, limit)[0] == "unsat" and ask_cvc5(text, limit) == "unsat"
