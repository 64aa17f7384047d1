"""Relations about Sum and Product up to an integer n, by induction on n.

A(n0) is proved with the sum written out, and A(n) implies A(n+1) with the sum up to n as one unknown number s, so
that the sum up to n+1 is s + f(n+1) (for a product s*f(n+1)).
"""

from __future__ import annotations

from dataclasses import replace

from verify.evidence import Evidence, Tier, undecided
from verify.language.terms import INFINITY, ONE, RELATIONS, Term, fn, fresh_name, num, rebuild, substitute, sym, walk
from verify.provers.budget import Budget
from verify.provers.goals import prove_relation
from verify.statement import Domain, Statement

METHOD = "induction"
BINDERS = ("Sum", "Product")
MAX_START = 40


def applies(statement: Statement) -> bool:
    c = statement.conclusion
    return not statement.flow and c.op in RELATIONS and any(t.op in BINDERS for t in walk(c))


def prove(statement: Statement, budget: Budget) -> Evidence:
    if not applies(statement):
        return undecided(METHOD, "no sum or product")
    written = _written_out(_without_end(statement, budget))
    if any(t.op == "limit" for t in walk(written)):
        from verify.provers import asymptotics

        found = asymptotics.prove(statement.concluding(written), budget)
        note = "partial sums proved by induction, then their limit: "
        return replace(found, method=METHOD, detail=note + found.detail, certificate=None)
    if not any(t.op in BINDERS for t in walk(written)):
        found = prove_relation(statement.concluding(written), budget)
        return found if found.result == "holds" else undecided(METHOD, found.detail)
    for name, sort in statement.domain.variables:
        if sort != "integer":
            continue
        start = _start(statement.domain, name)
        if start is None:
            continue
        inherited = _induct(statement, written, name, start, budget)
        if inherited is not None:
            return inherited
    return undecided(METHOD, "no integer variable to induct on")


def _without_end(statement: Statement, budget: Budget) -> Term:
    """The conclusion with each sum to infinity as the limit of its partial sums, where these have a closed form.

    SymPy guesses the closed form; it is used where its first value and its steps are proved.
    """

    def change(t: Term) -> Term:
        t = rebuild(t, change)
        if t.op != "Sum" or t.args[3] != INFINITY or not _whole(t.args[2]):
            return t
        index = t.args[1].args[0]
        n = fresh_name("n", frozenset(statement.domain.names) | t.free)
        at_n = sym(n)
        for partial in _partial_sums(t, n):
            first = fn("==", substitute(partial, {n: t.args[2]}), substitute(t.args[0], {index: t.args[2]}))
            grown = substitute(t.args[0], {index: fn("+", at_n, ONE)})
            step = fn("==", fn("-", substitute(partial, {n: fn("+", at_n, ONE)}), partial), grown)
            along = statement.domain.declaring(n, "integer").assuming(fn(">=", at_n, t.args[2]))
            share = Budget(max(0.1, budget.left / 4), budget.seed)
            if (
                prove_relation(Statement(statement.domain, first), share).result == "holds"
                and prove_relation(Statement(along, step), share).result == "holds"
            ):
                return fn("limit", partial, at_n, INFINITY, Term("text", "+-"))
        return t

    return change(statement.conclusion)


def _partial_sums(t: Term, n: str) -> list[Term]:
    """Guesses for Sum(f, (i, a, n)), none of them believed."""
    import sympy

    from verify.language.bridge import from_sympy, to_sympy

    try:
        f = to_sympy(t.args[0])
        i = next((s for s in f.free_symbols if s.name == t.args[1].args[0]), None)
        if i is None:
            return []
        top = sympy.Symbol(n, integer=True, nonnegative=True)
        total = sympy.summation(f, (i, to_sympy(t.args[2]), top))
        pieces = [a for p in total.atoms(sympy.Piecewise) for a, _ in p.args] or [total]
        forms = [form for p in pieces for form in (p, sympy.simplify(p))]
        return [from_sympy(p) for p in dict.fromkeys(forms) if not p.has(sympy.Sum)]
    except Exception:  # a conjecture maker that fails makes no conjecture
        return []


def _start(domain: Domain, name: str) -> int | None:
    """The least integer that the hypotheses allow, where they bound the variable by a number from below alone."""
    lows = []
    for h in domain.hypotheses:
        if name not in h.free:
            continue
        side = h.args.index(sym(name)) if h.op in RELATIONS and sym(name) in h.args else None
        if side is None or not h.args[1 - side].is_number:
            return None
        op = h.op if side == 0 else {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(h.op, "")
        value = h.args[1 - side].args[0]
        if op == ">=":
            lows.append(-((-value.numerator) // value.denominator))
        elif op == ">":
            lows.append(value.numerator // value.denominator + 1)
        else:
            return None
    return max(lows) if lows and abs(max(lows)) <= MAX_START else None


def _induct(statement: Statement, c: Term, name: str, start: int, budget: Budget) -> Evidence | None:
    n = sym(name)
    ranges = [t for t in walk(c) if t.op in BINDERS and name in t.free]
    if not ranges or any(t.args[3] != n or name in t.args[0].free | t.args[2].free for t in ranges):
        return None
    if not all(_whole(t.args[2]) and t.args[2].args[0] <= start + 1 for t in ranges):
        return None  # no step before the range begins
    rest = Domain(
        tuple(v for v in statement.domain.variables if v[0] != name),
        tuple(h for h in statement.domain.hypotheses if name not in h.free),
    )
    base = _written_out(substitute(c, {name: num(start)}))
    first = prove_relation(Statement(rest, base), Budget(budget.left / 3, budget.seed))
    if first.result != "holds":
        return undecided(METHOD, f"the base {name} = {start} is not proved: {first.detail}")
    now, after, domain = c, substitute(c, {name: fn("+", n, ONE)}), statement.domain
    for t in dict.fromkeys(ranges):
        unknown = fresh_name("s", frozenset(domain.names))
        domain = domain.declaring(unknown)
        last = substitute(t.args[0], {t.args[1].args[0]: fn("+", n, ONE)})
        grown = fn("+" if t.op == "Sum" else "*", sym(unknown), last)
        now = _replace(now, t, sym(unknown))
        after = _replace(after, substitute(t, {name: fn("+", n, ONE)}), grown)
    step = prove_relation(Statement(domain.assuming(now), after), Budget(budget.left / 2, budget.seed))
    if step.result != "holds":
        return undecided(METHOD, f"the step from {name} to {name} + 1 is not proved: {step.detail}")
    return Evidence(
        min(first.tier, step.tier, Tier.certified),
        METHOD,
        "holds",
        detail=f"true at {name} = {start}, and inherited from {name} to {name} + 1",
        engines={**first.engines, **step.engines},
    )


def _whole(t: Term) -> bool:
    return t.is_number and t.args[0].denominator == 1


def _replace(term: Term, old: Term, new: Term) -> Term:
    return new if term == old else rebuild(term, lambda t: _replace(t, old, new))


def _written_out(term: Term) -> Term:
    """Sums and products with number ends of at most 60 terms, written out."""
    term = rebuild(term, _written_out)
    if term.op not in BINDERS or not (term.args[2].is_number and term.args[3].is_number):
        return term
    low, high = term.args[2].args[0], term.args[3].args[0]
    if low.denominator != 1 or high.denominator != 1 or high - low > 60:
        return term
    total = num(0) if term.op == "Sum" else ONE
    for k in range(int(low), int(high) + 1):
        item = substitute(term.args[0], {term.args[1].args[0]: num(k)})
        total = item if k == int(low) else fn("+" if term.op == "Sum" else "*", total, item)
    return total
