"""Replays certificates without the code that searched for them.

``replay(statement, certificate, result)`` is True only where the certificate proves that the statement holds (or
fails): every step is worked out again here, from the statement itself, in exact or ball arithmetic (or by asking
both solvers again). It imports none of the provers. A certificate is plain data; its ``kind`` names the checker,
its ``statement`` the text it is about; certificates of sub-statements, which the checker states itself, lie in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from verify.statement import Statement

Certificate = Mapping[str, Any]

# kind: (module of the checker, its function)
PROOFS = {
    "shape": ("verify.checker.shapes", "check"),
    "legendre": ("verify.checker.legendre", "check"),
    "leading terms": ("verify.checker.leading", "check"),
    "numbers": ("verify.checker.numbers", "check_numbers"),
    "induction": ("verify.checker.induction", "check_induction"),
    "witness": ("verify.checker.witnesses", "check_witness"),
    "antiderivative": ("verify.checker.antiderivatives", "check_antiderivatives"),
    "squares": ("verify.checker.squares", "check_squares"),
    "sturm": ("verify.checker.squares", "check_sturm"),
    "boxes": ("verify.checker.boxes", "check_boxes"),
    "calculus": ("verify.checker.calculus", "check_calculus"),
    "solvers": ("verify.checker.solvers", "check_solvers"),
    "flow": ("verify.checker.flow", "check_flow"),
    "cells": ("verify.checker.cells", "check_cells"),
    "powers": ("verify.checker.cells", "check_powers"),
    "anchored": ("verify.checker.anchored", "check_anchored"),
    "constancy": ("verify.checker.constancy", "check_constancy"),
    "denial": ("verify.checker.denials", "check_denial"),
    "cases": ("verify.checker.casewise", "check_cases"),
    "crossing": ("verify.checker.crossings", "check_crossing"),
    "elimination": ("verify.checker.eliminated", "check_elimination"),
    "logarithm": ("verify.checker.logarithm", "check_logarithm"),
    "parts": ("verify.checker.parted", "check_parts"),
    "norms": ("verify.checker.norms", "check_norms"),
}
REFUTATIONS = {
    "flow": ("verify.checker.flow_states", "refutes"),
    "shape": ("verify.checker.shapes_refutations", "refutes"),
    "legendre": ("verify.checker.legendre_refutations", "refutes"),
    "leading terms": ("verify.checker.leading", "refutes"),
    "point": ("verify.checker.points", "refutes"),
    "named point": ("verify.checker.named_points", "refutes_at_terms"),
    "no witness": ("verify.checker.witnesses", "refutes_existence"),
    "antiderivative": ("verify.checker.antiderivatives", "refutes_integrals"),
    "divergence": ("verify.checker.divergence", "refutes"),
    "induction": ("verify.checker.induction", "refutes_sums"),
    "denial": ("verify.checker.denials", "refutes_denial"),
    "kink": ("verify.checker.kinks", "refutes_at_kink"),
}


def replay(statement: Statement, certificate: Certificate | None, result: str = "holds") -> bool:
    """Whether the certificate proves that the statement ``holds`` or ``fails``; a malformed one proves nothing."""
    if not isinstance(certificate, Mapping) or certificate.get("statement") != statement.text:
        return False
    found = (PROOFS if result == "holds" else REFUTATIONS).get(str(certificate.get("kind")))
    if found is None:
        return False
    module, function = found
    try:
        return getattr(import_module(module), function)(statement, certificate) is True
    except (KeyError, IndexError, TypeError, ValueError, ArithmeticError, RecursionError, AttributeError):
        return False
