"""Certificates as provers record them: plain data, with the certificates of the parts, and of a modest size."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from verify.evidence import Evidence
from verify.statement import Statement

MOST_BYTES = 150_000


def recorded(kind: str, statement: Statement, data: Mapping[str, Any]) -> dict[str, Any] | None:
    """The certificate, or None where it would be large or one of its parts has none.

    data: its entries; an Evidence in them, in lists and dicts too, stands for the certificate of that evidence.
    """
    try:
        certificate = {"kind": kind, "statement": statement.text, **{k: _plain(v) for k, v in data.items()}}
    except LookupError:
        return None
    return certificate if len(json.dumps(certificate)) <= MOST_BYTES else None


def _plain(value: Any) -> Any:
    if isinstance(value, Evidence):
        if value.certificate is None:
            raise LookupError("a part without a certificate")
        return value.certificate
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list | tuple) else value
