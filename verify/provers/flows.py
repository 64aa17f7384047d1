"""Laws along a flow: ``ddt(e) == law``, ``ddt(e) <= law`` and ``conserved(e)`` for every solution at almost every time.

Let x' = f(x) with parameters that are constant in time. The states are cut into finitely many cells by the signs of
the factors of all kinks (``verify.provers.flow_cells``). At almost every time that a solution spends in a cell its
velocity v is tangent to the cell, e moves like its smooth branch there (where e is locally Lipschitz), and v is f(x)
where f is continuous, an element of Filippov's set where f jumps (``verify.provers.filippov``). So the law holds along
every absolutely continuous solution if on every cell grad e . v - law has its sign for every tangent v; that is decided
by exact normal forms. An exact point with a solution that breaks the law refutes it (``verify.provers.flow_points``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from verify.evidence import Evidence, Tier, undecided
from verify.language.terms import ONE, RELATIONS, ZERO, Term, rebuild, substitute, sym, walk
from verify.provers import filippov, flow_points
from verify.provers.budget import Budget
from verify.provers.flow_cells import Cell, NotSmooth, cells, identically, on_cell, two_sided
from verify.provers.flow_factors import factor_arguments
from verify.provers.flow_terms import (
    HALF,
    affine,
    atoms_of,
    factored,
    fold,
    hides_a_jump,
    is_jump,
    is_plain,
    kink_argument,
    mul,
    sub,
    without_extrema,
)  # fmt: skip
from verify.statement import Domain, Statement

METHOD = "sign cells of the flow and tangent velocities"
MOST_CELLS = 2187
NAMES = {"law": "law", "empty": "no tangent velocity", "open": "open", "deferred": "see its parameters"}


def applies(statement: Statement) -> bool:
    """Whether the conclusion is one relation, or ``conserved``, about derivatives along the statement's flow."""
    c = statement.conclusion
    if not statement.flow or c.op not in (*RELATIONS, "conserved") or c.op == "!=":
        return False
    inside = [t for h in statement.domain.hypotheses for t in walk(h)]
    if any(t.op in ("ddt", "conserved") for t in inside):
        return False
    return c.op == "conserved" or any(t.op == "ddt" for t in walk(c))


@dataclass(frozen=True)
class Case:
    """The law with its flow for a part of the parameters on which the field jumps in one known way."""

    domain: Domain
    fields: dict[str, Term]
    observed: tuple[Term, ...]  # the e of each ddt(e)
    gap: Term  # left side - right side, with names _ddt0, _ddt1, ... for the derivatives
    relation: str
    label: str = ""
    fixed: dict[str, Term] = field(default_factory=dict)

    @property
    def terms(self) -> list[Term]:
        return [*self.fields.values(), *self.observed, self.gap]

    def put(self, name: str, value: Term, label: str) -> Case:
        values = {name: value}

        def tidy(t: Term) -> Term:
            return factor_arguments(_tidy(substitute(t, values)))

        hypotheses = tuple(fold(substitute(h, values)) for h in self.domain.hypotheses)
        kept = tuple(h for h in hypotheses if is_plain(h) is not True)
        variables = tuple(v for v in self.domain.variables if v[0] != name)
        return replace(
            self,
            domain=Domain(variables, kept),
            fields={n: tidy(f) for n, f in self.fields.items()},
            observed=tuple(tidy(e) for e in self.observed),
            gap=tidy(self.gap),
            label=f"{self.label}, {label}".lstrip(", "),
            fixed=self.fixed | {name: value},
        )


@dataclass
class Finding:
    """What was found on one cell: the law proved, nobody stays there, or open."""

    case: Case
    cell: Cell
    kind: str  # "law", "empty", "open", or "deferred" to a case of its own
    why: str = ""
    tier: Tier = Tier.certified
    situation: flow_points.Situation | None = None

    @property
    def pattern(self) -> str:
        return ", ".join(p for p in (self.case.label, self.cell.pattern) if p)


def prove(statement: Statement, budget: Budget) -> Evidence:
    """``holds`` where the law is proved on every cell, ``fails`` with an exact state, parameters and velocity."""
    if not applies(statement):
        return undecided(METHOD, "not a law along a flow")
    try:
        start = _read(statement)
    except (NotSmooth, ValueError) as e:
        return undecided(METHOD, str(e))
    findings: list[Finding] = []
    queue, seen = list(_cases(start)), set[str]()
    while queue:
        case = queue.pop(0)
        for cell in cells(case.domain, atoms_of(case.terms)):
            if budget.spent or len(findings) >= MOST_CELLS:
                return undecided(METHOD, f"out of time after {len(findings)} cells")
            found, refutation, narrower = _settle_cell(case, cell, budget)
            if refutation is not None:
                return refutation
            findings.append(found)
            if narrower is not None and narrower.label not in seen:
                seen.add(narrower.label)
                queue.extend(_cases(narrower))
    open_cells = [f for f in findings if f.kind == "open"]
    if not open_cells:
        return _holds(findings)
    # A case is closed if neither it nor a narrower one, whose label goes on from its own, has an open cell.
    closed = {f.case.label for f in findings if not any(o.case.label.startswith(f.case.label) for o in open_cells)}
    why = "; ".join(f"on {f.pattern}: {f.why}" for f in open_cells[:4])
    if not closed:
        return undecided(METHOD, why)
    part = _holds([f for f in findings if f.case.label in closed])
    return replace(part, scope=" or ".join(sorted(closed)), detail=f"{part.detail}; open {why}")


def _settle_cell(case: Case, cell: Cell, budget: Budget) -> tuple[Finding, Evidence | None, Case | None]:
    """The finding, a refutation if there is one, and the part of the parameters to which the cell is put off."""
    found = _examine(case, cell, budget, hard=False)
    if found.kind != "open":
        return found, None, None
    refutation = _refuted(found, budget)
    narrower = None if refutation is not None else _narrower(case, cell)
    if refutation is not None or narrower is not None:
        return replace(found, kind="deferred"), refutation, narrower
    return _examine(case, cell, budget, hard=True), None, None


def _narrower(case: Case, cell: Cell) -> Case | None:
    """The case of the parameters at which factors of the cell coincide, if they are tied by an equation there.

    On {w1 = 0, w1*w2 = y} one has y = 0: with that value put in, w1*w2 falls apart into the factors w1 and w2.
    """
    from verify.exact.signs import signs

    for atom, s in cell.signs.items():
        if s or atom.op == "sym":
            continue
        try:
            tie = on_cell(atom, cell)
        except NotSmooth:
            continue
        for name in sorted(tie.free) if not tie.free & case.fields.keys() else ():
            parts = affine(tie, name)
            if parts is None or parts[0] == ZERO or 0 in signs(parts[0], case.domain):
                continue
            value = fold(Term("/", Term("neg", parts[1]), parts[0]))
            if case.domain.sort(name) == "real" or (value.is_number and value.args[0].denominator == 1):
                return case.put(name, value, f"{name} == {value}")
    return None


# ---- reading ---------------------------------------------------------------------------------------------------
def _read(statement: Statement) -> Case:
    from verify.language.calculus import expand

    c = statement.conclusion
    if c.op == "conserved":
        c = Term("==", Term("ddt", c.args[0]), ZERO)
    names = statement.domain.names
    domain = statement.domain
    for name, _ in statement.flow:
        if name in names and domain.sort(name) == "integer":
            raise ValueError(f"{name} moves but is an integer")
        if name not in names:
            domain = domain.declaring(name)
    observed: list[Term] = []

    def take(t: Term) -> Term:
        if t.op != "ddt":
            return rebuild(t, take)
        e = t.args[0]
        if any(s.op == "ddt" for s in walk(e)):
            raise ValueError("a derivative along the flow of a derivative along the flow")
        if e not in observed:
            observed.append(e)
        return sym(f"_ddt{observed.index(e)}")

    gap = take(Term("-", *c.args))

    def ready(t: Term) -> Term:
        worked = expand(t) if any(s.op == "diff" for s in walk(t)) else t
        return factor_arguments(_tidy(without_extrema(worked)))

    return Case(
        domain,
        {name: ready(f) for name, f in statement.flow},
        tuple(ready(e) for e in observed),
        ready(gap),
        c.op,
    )


def _tidy(t: Term) -> Term:
    """Exponents worked out, so that |u|^(2 - 1) is |u| and spow(u, 1 - 1) is a sign."""
    t = rebuild(t, _tidy)
    return Term(t.op, t.args[0], fold(t.args[1])) if t.op in ("**", "spow") else t


def _cases(case: Case) -> Iterator[Case]:
    """Cuts the parameters where an exponent of the field decides whether it jumps."""
    from verify.exact.signs import signs

    if any(is_plain(h) is False for h in case.domain.hypotheses):
        return
    for f in case.fields.values():
        for t in walk(f):
            if t.op != "spow" or t.args[1].is_number or t.args[1].free & case.fields.keys():
                continue
            r = t.args[1]
            possible = signs(r, case.domain)
            if 0 not in possible:
                continue
            for name in sorted(r.free):
                parts = affine(r, name)
                if parts is not None and parts[0].is_number and parts[0] != ZERO:
                    value = fold(Term("/", Term("neg", parts[1]), parts[0]))
                    if case.domain.sort(name) == "integer" and not (value.is_number and value.args[0].denominator == 1):
                        continue
                    yield from _cases(case.put(name, value, f"{name} == {value}"))
                    for s, op in ((1, ">"), (-1, "<")):
                        if s in possible:
                            part = Term(op, r, ZERO)
                            inside = replace(
                                case, domain=case.domain.assuming(part), label=f"{case.label}, {part}".lstrip(", ")
                            )
                            yield from _cases(inside)
                    return
    yield case


# ---- one cell --------------------------------------------------------------------------------------------------
def _examine(case: Case, cell: Cell, budget: Budget, *, hard: bool) -> Finding:
    """The cell decided by normal forms alone, or where that is too little (hard) by every prover of relations."""
    try:
        return _decide(case, cell, budget, hard)
    except (NotSmooth, filippov.TooMany, ValueError) as e:
        return Finding(case, cell, "open", str(e))


def _decide(case: Case, cell: Cell, budget: Budget, hard: bool) -> Finding:
    if any(hides_a_jump(f) for f in case.fields.values()):
        raise NotSmooth("a jump inside a kink")
    limits = filippov.velocities(case.fields, cell)
    rows, gaps = filippov.tangency(cell, limits), _gaps(case, cell, limits)
    jumps = any(t.op == "sign" or is_jump(t) for e in case.observed for t in walk(e))
    if filippov.excluded(rows, cell) and not jumps:
        return Finding(case, cell, "empty", "no tangent velocity")
    situation = _situation(case, cell)
    smooth = all(_lipschitz(e, cell, frozenset(case.fields)) for e in case.observed)
    found = Finding(case, cell, "open", "the observable may have no derivative there", situation=situation)
    reduced, rest = filippov.eliminated(gaps, rows, cell)
    if filippov.excluded(rest, cell) and not jumps:
        return Finding(case, cell, "empty", "no tangent velocity")
    if not smooth:
        return found
    # A single velocity that must be tangent is an equation between the states of the cell.
    extra = [Term("==", cell.turned(row[0]), ZERO) for row in rows if len(limits) == 1 and not cell.vanishes(row[0])]
    for goal in (gaps, reduced):
        tiers = [_settled(cell, g, case.relation, extra, budget, hard) for g in goal]
        if all(t is not None for t in tiers):
            return Finding(case, cell, "law", tier=min((t for t in tiers if t is not None), default=Tier.certified))
    return replace(found, why="the law is not proved for every tangent velocity")


def _situation(case: Case, cell: Cell) -> flow_points.Situation:
    """What a search for a point needs: only the limits that occur where the vanishing factors are independent."""
    limits = filippov.velocities(case.fields, cell, flat=False)
    rows = filippov.tangency(cell, limits)
    lasting = [all(cell.vanishes(e) for e in row) for row in rows]
    switching = filippov.switching(cell, case.fields)
    return flow_points.Situation(
        cell, case.domain, case.relation, limits, rows, _gaps(case, cell, limits), switching, lasting,
        two_sided(list(case.fields.values()), cell),
    )  # fmt: skip


def _gaps(case: Case, cell: Cell, limits: list[dict[str, Term]]) -> list[Term]:
    """Left side - right side of the law for each limit velocity."""
    branches = [on_cell(e, cell) for e in case.observed]
    gap = on_cell(case.gap, cell)
    names = [f"_ddt{k}" for k in range(len(branches))]
    if len(limits) > 1:
        for name in names:
            parts = affine(gap, name)
            if parts is None or parts[0].free & frozenset(names):
                raise NotSmooth("the law is not affine in the derivative")
    out = []
    for limit in limits:
        rates = {n: filippov.directional(b, limit) for n, b in zip(names, branches, strict=True)}
        out.append(fold(substitute(gap, rates)))
    return out


def _settled(cell: Cell, gap: Term, relation: str, extra: list[Term], budget: Budget, hard: bool) -> Tier | None:
    """The tier at which ``gap relation 0`` is proved on the cell."""
    from verify.provers.goals import prove_relation

    here = cell.turned(gap)
    conclusion = Term(relation, here, ZERO)
    known = is_plain(conclusion)
    if known is not None:
        return Tier.certified if known else None
    for domain in dict.fromkeys((cell.local, cell.local.assuming(*extra))):
        if identically(conclusion, domain):
            return Tier.certified
        if hard:
            found = prove_relation(Statement(domain, conclusion), Budget(min(2.0, max(0.1, budget.left)), budget.seed))
            if found.result == "holds":
                return found.tier
    return None


def _lipschitz(e: Term, cell: Cell, state: frozenset[str]) -> bool:
    """True only if e is locally Lipschitz in the state near the cell: its kinks at zero are |u|^r with r >= 1."""
    for t in walk(e):
        u = kink_argument(t)
        if u is None:
            continue
        parts = factored(u).parts
        zeros = [(a, r) for a, _, r in parts if cell.signs.get(a, 0) == 0]
        if not zeros or any(not a.free & state for a, _ in zeros):
            continue
        if t.op == "sign":
            return False
        exponent = ONE if t.op == "abs" else HALF if t.op == "sqrt" else t.args[1]
        for _, r in zeros:
            if not cell.signs_of(fold(sub(mul(r, exponent), ONE))) <= {0, 1}:
                return False
    return True


# ---- verdicts --------------------------------------------------------------------------------------------------
def _refuted(f: Finding, budget: Budget) -> Evidence | None:
    from verify.language.printing import number_text

    found = flow_points.search(f.case, f.cell, f.situation, budget)
    if found is None:
        return None
    at = dict(found.at)
    for name, term in reversed(f.case.fixed.items()):
        value = flow_points.exact(term, at)
        if value is None:
            return None
        at[name] = value
    shown = {name: number_text(v) for name, v in at.items()}
    shown |= {"velocity": found.velocity_text, "pattern": found.pattern(f.cell)}
    return Evidence(
        Tier.certified, METHOD, "fails", detail=found.story, counterexample=shown, seed=budget.seed,
        certificate={"kind": "flow", "cell": f.pattern, **shown},
    )  # fmt: skip


def _holds(findings: list[Finding]) -> Evidence:
    from importlib.metadata import version

    slides = [f for f in findings if filippov.switching(f.cell, f.case.fields)]
    stay = [f.pattern for f in slides if f.kind == "law"]
    detail = f"the law on {sum(f.kind == 'law' for f in findings)} cells"
    leave = sum(f.kind == "empty" for f in findings)
    detail += f"; on {leave} more no velocity is tangent" if leave else ""
    detail += f"; sliding examined on {len(slides)} patterns" if slides else "; the field is continuous"
    detail += f", possible on: {' | '.join(stay[:8])}" if stay else ""
    return Evidence(
        min((f.tier for f in findings), default=Tier.certified),
        METHOD,
        "holds",
        detail=detail,
        conditions=tuple(f"{f.pattern}: {NAMES[f.kind]}" for f in findings[:60]),
        engines={"python-flint": version("python-flint")},
        certificate={"kind": "flow", "cells": [[f.pattern, f.kind] for f in findings[:400]]},
    )
