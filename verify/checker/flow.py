"""Replays proofs of laws along flows, cell by cell.

Kind ``flow``. The law is read from the statement, the atoms from its kinks, the cells from the signs that the atoms can
take: the certificate only says how each cell is settled. ``law``: on it the law holds for every tangent velocity,
since for every limit f_t of the field the gap less sum_k y_k grad u_k . f_t has the sign that is asked (the y_k are
the certificate's multipliers; tangent mixtures do not feel them). ``empty``: sum_k y_k grad u_k . f_t has one strict
sign for all t, so that solutions meet the cell at isolated times. ``off``: the cell lies in a part of the parameters
that has its own proof. Parameters may be cut along the sign of a term, its zero solved for one of them.

Solutions are absolutely continuous, with velocities in Filippov's set at almost every time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from verify.checker.flow_sample import Sample
from verify.checker.flowing.branches import Refused, branch, lipschitz, vanishing_jumps
from verify.checker.flowing.cells import Cell, cells, proved
from verify.checker.flowing.law import Law, bound, read
from verify.checker.flowing.terms import fold, is_plain
from verify.checker.flowing.velocities import gaps, less_multiples, limits, rows
from verify.language.parse import parse_term
from verify.language.terms import ZERO, Term
from verify.statement import Domain, Statement

MOST_CELLS = 2187
MOST_TEXT = 4000
Record = Mapping[str, Any]
Settle = Callable[[Statement, Record, int], bool]
SIGN = {">": 1, "<": -1}


def check_flow(statement: Statement, certificate: Record) -> bool:
    """Whether the certificate proves the law of the statement for every solution at almost every time."""
    return check(statement, certificate, _replayed)


def check(statement: Statement, certificate: Record, settle: Settle) -> bool:
    """settle(sub-statement, the cell's record, its number) decides what exact normal forms leave open."""
    pair = bound(statement.conclusion)
    laws = [statement] if pair is None else [statement.concluding(c) for c in pair]
    records = [certificate["law"]] if pair is None else list(certificate["sides"])
    return len(records) == len(laws) and all(
        _Check(law, settle).part(read(law), record) for law, record in zip(laws, records, strict=True)
    )


def _replayed(statement: Statement, record: Record, number: int) -> bool:
    from verify.checker import replay

    parts = record.get("parts", {})
    return replay(statement, parts.get(str(number)))


class _Check:
    def __init__(self, statement: Statement, settle: Settle) -> None:
        self.settle = settle
        self.sample = Sample(statement)
        self.seen = 0

    def part(self, law: Law, record: Record | None) -> bool:
        """A law for a part of its parameters."""
        if any(is_plain(h) is False for h in law.domain.hypotheses):
            return True
        self.seen += 1
        if record is None or self.seen > MOST_CELLS or self.sample.contradicted({}, law.fixed):
            return False
        return self._cut(law, record) if "cut" in record else self._cells(law, record)

    def _cut(self, law: Law, record: Record) -> bool:
        r, value, name = _term(record["cut"], law), _term(record["value"], law), record["name"]
        if r.free & law.state or not (r.is_number or _everywhere(r, law.domain)):
            return False
        if not _solves(name, value, law, law.domain.assuming(Term("==", r, ZERO))):
            return False
        if not self.part(law.put(name, value), record["zero"]):
            return False
        sides = [op for op, s in SIGN.items() if not _never(r, s, law.domain)]
        return all(self.part(law.cut(Term(op, r, ZERO)), record[op]) for op in sides)

    def _cells(self, law: Law, record: Record) -> bool:
        kinds, off, proofs = record["cells"], record.get("off", []), set()
        for cell in cells(law.domain, law.atoms):
            self.seen += 1
            if self.seen > MOST_CELLS or self.sample.contradicted(cell.signs, law.fixed):
                return False
            settled = kinds.get(cell.pattern)
            if isinstance(settled, Mapping) and "off" in settled:
                number = int(settled["off"])
                part = off[number]
                if not _solves(part["name"], _term(part["value"], law), law, cell.domain, cell):
                    return False
                proofs.add(number)
            elif not (_settled(law, cell, settled, self.settle) or cell.empty):
                return False
        return all(
            self.part(law.put(off[k]["name"], _term(off[k]["value"], law)), off[k]["law"]) for k in sorted(proofs)
        )


def _term(text: str, law: Law) -> Term:
    if not isinstance(text, str) or len(text) > MOST_TEXT:
        raise ValueError("a term as text")
    return fold(parse_term(text, law.domain.names))


def _solves(name: str, value: Term, law: Law, domain: Domain, cell: Cell | None = None) -> bool:
    """Whether the parameter has that value wherever the domain's hypotheses hold."""
    if name in law.state or name not in law.domain.names or name in value.free or value.free & law.state:
        return False
    gap = Term("-", Term("sym", name), value)
    return proved("==", gap if cell is None else cell.turned(gap), domain)


def _never(r: Term, s: int, domain: Domain) -> bool:
    from verify.exact.signs import signs

    return s not in signs(r, domain)


def _everywhere(t: Term, domain: Domain) -> bool:
    from verify.exact.signs import defined

    return defined(t, domain)


# ---- one cell --------------------------------------------------------------------------------------------------
def _settled(law: Law, cell: Cell, settled: Any, settle: Settle) -> bool:
    """Whether the law holds on the cell, or solutions meet it at isolated times only."""
    record: Record = settled if isinstance(settled, Mapping) else {"kind": settled}
    kinds = [record["kind"]] if record.get("kind") in ("law", "empty") else ["law", "empty"]
    try:
        return any((_holds if k == "law" else _left)(law, cell, record, settle) for k in kinds)
    except Refused:
        return False


def _holds(law: Law, cell: Cell, record: Record, settle: Settle) -> bool:
    if not all(lipschitz(e, cell, law.fields) for e in law.observed):
        return False
    found = limits(law, cell)
    if law.relation == "!=" and len(found) > 1:  # a mixture of two gaps that are not 0 may be 0
        return False
    table, goals = rows(law, cell, found), gaps(law, cell, found)
    if "y" in record:
        goals = less_multiples(goals, table, _multipliers(record, law, cell, len(table)))
    # With a single limit, that it is tangent is an equation between the states.
    extra = [Term("==", cell.turned(r[0]), ZERO) for r in table] if len(found) == 1 else []
    extra = [h for h in extra if is_plain(h) is None]
    return all(_decided(law, cell, g, extra, record, k, settle) for k, g in enumerate(goals))


def _decided(law: Law, cell: Cell, goal: Term, extra: list[Term], record: Record, k: int, settle: Settle) -> bool:
    here = cell.turned(goal)
    domain = cell.domain.assuming(*extra)
    if proved(law.relation, here, cell.domain) or (extra and proved(law.relation, here, domain)):
        return True
    return settle(Statement(domain, Term(law.relation, here, ZERO)), record, k)


def _left(law: Law, cell: Cell, record: Record, settle: Settle) -> bool:
    """No mixture of the limits is tangent to the cell, and the observables are continuous there."""
    for e in law.observed:
        branch(e, cell)
        if vanishing_jumps(e, cell):
            return False
    branch(law.gap, cell)
    found = limits(law, cell)
    table = rows(law, cell, found)
    if "y" in record:
        ys = _multipliers(record, law, cell, len(table))
        table = [less_multiples([ZERO] * len(found), table, ys)]
    return any(all(cell.proves(op, entry) for entry in row) for row in table for op in (">", "<"))


def _multipliers(record: Record, law: Law, cell: Cell, count: int) -> list[Term]:
    """The multipliers on the cell; each has a value everywhere on it."""
    ys = [_term(text, law) for text in record["y"]]
    if len(ys) != count or not all(y.is_number or _everywhere(cell.turned(y), cell.domain) for y in ys):
        raise Refused("not the multipliers of this cell")
    return ys
