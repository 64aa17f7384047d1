"""Laws along a flow: ``ddt(e) == law``, ``ddt(e) <= law`` and ``conserved(e)`` for every solution at almost every time.

Let x' = f(x) with parameters that are constant in time. The states are cut into finitely many cells by the signs of
the factors of all kinks (``verify.provers.flowing.cells``). At almost every time that a solution spends in a cell its
velocity v is tangent to the cell, e moves like its smooth branch there (where e is locally Lipschitz), and v is f(x)
where f is continuous, an element of Filippov's set where f jumps (``flowing.filippov``). So the law holds along
every absolutely continuous solution if on every cell grad e . v - law has its sign for every tangent v; that is decided
by exact normal forms. An exact point with a solution that breaks the law refutes it (``flowing.points``).
"""

from __future__ import annotations

from dataclasses import replace

from verify.checker.flowing.branches import vanishes_with
from verify.checker.flowing.law import RATE, Law, bound, read
from verify.checker.flowing.terms import (
    HALF,
    affine,
    factored,
    fold,
    hides_a_jump,
    is_jump,
    is_plain,
    kink_argument,
    mul,
    neg,
    sub,
)
from verify.evidence import Evidence, Tier, undecided
from verify.language.terms import ONE, RELATIONS, ZERO, Term, substitute, walk
from verify.provers.budget import Budget
from verify.provers.flowing import filippov, single
from verify.provers.flowing import points as flow_points
from verify.provers.flowing.cells import Cell, NotSmooth, cells, identically, on_cell, two_sided, with_help
from verify.provers.flowing.certificates import Finding, Parts, certified, narrowed, refuting, written
from verify.provers.flowing.laws import leaves, narrower, tree
from verify.statement import Statement

METHOD = "sign cells of the flow and tangent velocities"
MOST_CELLS = 2187
NAMES = {"law": "law", "empty": "no tangent velocity", "open": "open", "deferred": "see its parameters"}


def applies(statement: Statement) -> bool:
    """Whether the conclusion is one relation, or ``conserved``, about derivatives along the statement's flow."""
    c = statement.conclusion
    if not statement.flow or c.op not in (*RELATIONS, "conserved"):
        return False
    inside = [t for h in statement.domain.hypotheses for t in walk(h)]
    if any(t.op in ("ddt", "conserved") for t in inside):
        return False
    return c.op == "conserved" or any(t.op == "ddt" for t in walk(c))


def prove(statement: Statement, budget: Budget) -> Evidence:
    """``holds`` where the law is proved on every cell, ``fails`` with an exact state, parameters and velocity."""
    if not applies(statement):
        return undecided(METHOD, "not a law along a flow")
    found = _on_cells(statement, budget)
    if found.result != "undecided" or found.scope or budget.spent:
        return found
    refutation = single.attack(statement, budget)
    return refutation if refutation.result == "fails" else found


def _on_cells(statement: Statement, budget: Budget) -> Evidence:
    pair = bound(statement.conclusion)
    if pair is None:
        return certified(statement, _prove_law(statement, budget), budget)
    # |u| <= c says u <= c and -u <= c.
    sides = [_prove_law(statement.concluding(c), budget) for c in pair]
    for result in ("fails", "undecided"):
        for number, found in enumerate(sides):
            if found.result == result:
                return certified(statement, found, budget, number)
    scope = " and ".join(dict.fromkeys(f"({found.scope})" for found in sides if found.scope))
    tier = min(found.tier for found in sides)
    records = [dict(found.certificate or {}) for found in sides]
    helped = any(r.get("helped") for r in records)
    certificate = {"kind": "flow", "sides": [r.get("law") for r in records], "helped": helped}
    detail = f"both sides of a bound: {sides[0].detail}"
    both = replace(sides[0], tier=tier, scope=scope, detail=detail, certificate=certificate)
    return certified(statement, both, budget)


def _prove_law(statement: Statement, budget: Budget) -> Evidence:
    try:
        start = read(statement)
    except (NotSmooth, ValueError) as e:
        return undecided(METHOD, str(e))
    findings: list[Finding] = []
    root = tree(start)
    queue, parts = list(leaves(root)), Parts()
    while queue:
        law = queue.pop(0)
        for cell in cells(law.domain, law.atoms):
            if budget.spent or len(findings) >= MOST_CELLS:
                return undecided(METHOD, f"out of time after {len(findings)} cells")
            found, refutation = _first_look(law, cell, budget)
            if refutation is not None:
                return refutation
            findings.append(found)
            part = None if found.tie is None else narrowed(law, found.tie)
            if part is not None and part.label not in parts:
                parts[part.label] = tree(part)
                queue.extend(leaves(parts[part.label]))
    findings = [_examine(f.case, f.cell, budget, hard=True) if f.kind == "open" else f for f in findings]
    open_cells = [f for f in findings if f.kind == "open"]
    if not open_cells:
        helped = any(f.helped for f in findings)
        certificate = {"kind": "flow", "law": written(root, findings, parts), "helped": helped}
        return replace(_holds(findings), certificate=certificate)
    # A case is closed if neither it nor a narrower one, whose label goes on from its own, has an open cell.
    closed = {f.case.label for f in findings if not any(o.case.label.startswith(f.case.label) for o in open_cells)}
    why = "; ".join(f"on {f.pattern}: {f.why}" for f in open_cells[:4])
    if not closed:
        return undecided(METHOD, why)
    closed_part = _holds([f for f in findings if f.case.label in closed])
    return replace(closed_part, scope=" or ".join(sorted(closed)), detail=f"{closed_part.detail}; open {why}")


def _first_look(law: Law, cell: Cell, budget: Budget) -> tuple[Finding, Evidence | None]:
    """The finding, perhaps that the cell is put off to a value of a parameter, and a refutation if there is one."""
    found = _examine(law, cell, budget, hard=False)
    if found.kind != "open":
        return found, None
    refutation = _refuted(found, budget)
    tie = None if refutation is not None else narrower(law, cell)
    return found if tie is None else replace(found, kind="deferred", tie=tie), refutation


# ---- one cell --------------------------------------------------------------------------------------------------
def _examine(case: Law, cell: Cell, budget: Budget, *, hard: bool) -> Finding:
    """The cell decided by normal forms alone, or where that is too little (hard) by every prover of relations."""
    if hard and budget.spent:
        return Finding(case, cell, "open", "out of time")
    try:
        return _decide(case, cell, budget, hard)
    except (NotSmooth, filippov.TooMany, ValueError) as e:
        return Finding(case, cell, "open", str(e))


def _decide(case: Law, cell: Cell, budget: Budget, hard: bool) -> Finding:
    if any(hides_a_jump(f) for f in case.fields.values()):
        raise NotSmooth("a jump inside a kink")
    limits = filippov.velocities(case.fields, cell)
    mixed = case.relation == "!=" and len(limits) > 1  # a mixture of two gaps that are not 0 may be 0
    rows, gaps = filippov.tangency(cell, limits), _gaps(case, cell, limits)
    jumps = any(t.op == "sign" or is_jump(t) for e in case.observed for t in walk(e))
    if filippov.excluded(rows, cell) and not jumps:
        return Finding(case, cell, "empty", "no tangent velocity")
    situation = _situation(case, cell)
    smooth = all(_moves_smoothly(e, cell, case.fields) for e in case.observed)
    found = Finding(case, cell, "open", "the observable may have no derivative there", situation=situation)
    reduced, rest = filippov.elimination(gaps, rows, cell)
    for row in rest if not jumps else ():
        if filippov.excluded([row.entries], cell):
            return Finding(case, cell, "empty", "no tangent velocity", multipliers=[neg(y) for y in row.multipliers])
    if not smooth or mixed:
        return found
    # A single velocity that must be tangent is an equation between the states of the cell.
    extra = [Term("==", cell.turned(row[0]), ZERO) for row in rows if len(limits) == 1 and not cell.vanishes(row[0])]
    for goal, ys in ((gaps, None), (reduced.entries, [neg(y) for y in reduced.multipliers])):
        tiers = [_settled(cell, g, case.relation, extra, budget, hard) for g in goal]
        if all(t is not None for t in tiers):
            tier = min((t for t in tiers if t is not None), default=Tier.certified)
            helped = hard or _helped(case, cell, goal, extra)
            return Finding(case, cell, "law", tier=tier, multipliers=ys, helped=helped)
    return replace(found, why="the law is not proved for every tangent velocity")


def _situation(case: Law, cell: Cell) -> flow_points.Situation:
    """What a search for a point needs: only the limits that occur where the vanishing factors are independent."""
    limits = filippov.velocities(case.fields, cell, flat=False)
    rows = filippov.tangency(cell, limits)
    lasting = [all(cell.vanishes(e) for e in row) for row in rows]
    switching = filippov.switching(cell, case.fields)
    gaps = _gaps(case, cell, limits)
    return flow_points.Situation(
        cell, case.domain, case.relation, limits, rows, gaps, switching, lasting,
        two_sided=two_sided(list(case.fields.values()), cell),
        level=case.relation in ("<", ">", "!=") and all(cell.vanishes(g) for g in gaps),
        kept=_kept_equations(case, cell, limits),
    )  # fmt: skip


def _kept_equations(case: Law, cell: Cell, limits: list[dict[str, Term]]) -> tuple[Term, ...]:
    """The hypotheses h == 0 on the state along which every limit of the field is tangent: solutions can stay there."""
    kept = []
    for h in case.domain.hypotheses:
        if h.op == "==" and h.free & case.fields.keys():
            try:
                branch = on_cell(sub(*h.children), cell)
            except NotSmooth:
                continue
            if all(cell.vanishes(filippov.directional(branch, limit)) for limit in limits):
                kept.append(h)
    return tuple(kept)


def _gaps(case: Law, cell: Cell, limits: list[dict[str, Term]]) -> list[Term]:
    """Left side - right side of the law for each limit velocity."""
    branches = [on_cell(e, cell) for e in case.observed]
    gap = on_cell(case.gap, cell)
    names = [f"{RATE}{k}" for k in range(len(branches))]
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


def _helped(law: Law, cell: Cell, goal: list[Term], extra: list[Term]) -> bool:
    """Whether one of the goals that hold identically took more than normal forms."""
    for g in goal:
        conclusion = Term(law.relation, cell.turned(g), ZERO)
        domains = dict.fromkeys((cell.local, cell.local.assuming(*extra)))
        asked = next((d for d in domains if identically(conclusion, d)), None)
        if asked is None or with_help(conclusion, asked):
            return True
    return False


def _moves_smoothly(e: Term, cell: Cell, fields: dict[str, Term]) -> bool:
    """True only if e has a derivative at almost every time that a solution spends in the cell.

    So it is where e is locally Lipschitz in the state: its kinks at zero are |u|^r with r >= 1. A kink that is zero
    for all times, because a factor is constant or an invariant coordinate, is constant.
    """
    for t in walk(e):
        u = kink_argument(t)
        if u is None:
            continue
        zeros = [(a, r) for a, _, r in factored(u).parts if cell.signs.get(a, 0) == 0]
        if any(_stays_zero(a, fields) for a, _ in zeros):
            continue
        if zeros and t.op == "sign":
            return False
        exponent = ONE if t.op == "abs" else HALF if t.op in ("sqrt", "sign") else t.args[1]
        for _, r in zeros:
            if not cell.satisfies(">=", fold(sub(mul(r, exponent), ONE))):
                return False
    return True


def _stays_zero(atom: Term, fields: dict[str, Term]) -> bool:
    if not atom.free & fields.keys():
        return True
    return atom.op == "sym" and vanishes_with(fields[atom.args[0]], atom.args[0])


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
        certificate=refuting(found, at),
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
    )
