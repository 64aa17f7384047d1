"""Certificates of the cases on functions of one variable, and ways in which they may be forged."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from tests.verify.provers.shape_cases import Case
from verify.provers import legendre, shape
from verify.provers.budget import Budget

Certificate = dict[str, Any]


def prover(case: Case) -> Any:
    conclusion = case.statement.conclusion
    op = conclusion.args[0].op if conclusion.op == "not" else conclusion.op
    return legendre if op in ("legendre", "bregman") else shape


@cache
def _recorded(case: Case) -> tuple[str, str]:
    evidence = prover(case).prove(case.statement, Budget(15))
    return evidence.result, json.dumps(evidence.certificate)


def recorded(case: Case) -> tuple[str, Certificate]:
    """(result, certificate as it comes back from a file)."""
    result, text = _recorded(case)
    return result, json.loads(text)


def without_a_part(certificate: Certificate) -> Iterator[Certificate]:
    for k in range(len(certificate["parts"])):
        forged = copy.deepcopy(certificate)
        del forged["parts"][k]
        yield forged


def malformed(certificate: Certificate) -> Iterator[Certificate]:
    """Every field gone, or of another sort."""
    for key in certificate:
        if key in ("kind", "statement"):
            continue
        yield {k: v for k, v in certificate.items() if k != key}
        for value in (None, 7, "x", [], {}, [[]], {"cells": []}, {"cells": [["x", {}]]}, [{"kind": "shape"}]):
            if value != certificate[key]:
                yield {**certificate, key: value}
