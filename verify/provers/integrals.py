"""Relations with definite integrals: an antiderivative is guessed, differentiated back, and put in.

SymPy only guesses F. It is used where ``verify.checker.antiderivatives`` accepts it: F' = f is proved between the ends
and F is continuous there; what the ends give is then part of what is to be proved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from verify.checker.antiderivatives import INTEGRALS, SPLIT, Elimination, Fits, NoValue
from verify.checker.kinked import split
from verify.evidence import Evidence, Tier, undecided
from verify.exact.signs import Put, run_on_cells, signs
from verify.exact.tower import Tower
from verify.language.parse import parse_term
from verify.language.printing import to_text
from verify.language.terms import ONE, RELATIONS, Term, fn, num, rebuild, sym, walk
from verify.provers.budget import Budget
from verify.provers.recording import recorded
from verify.statement import Domain, Statement

METHOD = "antiderivative checked back"


def applies(statement: Statement) -> bool:
    c = statement.conclusion
    return not statement.flow and c.op in RELATIONS and any(t.op in INTEGRALS for t in walk(c))


def prove(statement: Statement, budget: Budget) -> Evidence:
    if not applies(statement):
        return undecided(METHOD, "no integral")
    chosen: list[str] = []

    def choose(f: Term, x: str, inside: Domain, fits: Fits) -> Term | None:
        kinked = split(f, x, statement.domain) is not None  # engines are of little use before it is split
        found = _antiderivative(f, x, inside, fits, budget, engines=not kinked)
        chosen.append(SPLIT if found is None else to_text(found))
        return found

    elimination = Elimination(statement.domain, choose, lambda: max(0.3, budget.left / 3))
    try:
        conclusion = elimination.without(statement.conclusion)
    except NoValue as e:
        return undecided(METHOD, str(e))
    notes, goal = elimination.notes, statement.concluding(conclusion)
    found = _refuted(goal, budget) or _rest(goal, budget)
    if found.result not in ("holds", "fails") or found.scope:
        return undecided(METHOD, f"{'; '.join(notes)}; then: {found.detail}")
    certificate = None
    if elimination.one_sided is None:
        certificate = recorded("antiderivative", statement, {"antiderivatives": chosen, "rest": found})
    detail, tier = "; ".join([*notes, found.detail]), min(found.tier, Tier.certified)
    return replace(found, method=METHOD, detail=detail, tier=tier, certificate=certificate)


def _refuted(goal: Statement, budget: Budget) -> Evidence | None:
    """A counterexample to the statement without its integrals, which is one to the statement itself."""
    from verify.provers import refute

    if any(t.op == "limit" for t in walk(goal.conclusion)):
        return None
    found = refute.prove(goal, Budget(min(1.5, budget.left / 3), budget.seed))
    if found.result != "fails":
        return None
    point = {"kind": "point", "statement": goal.text, "point": dict(found.counterexample or {})}
    return replace(found, tier=Tier.certified, certificate=point)


def _rest(goal: Statement, budget: Budget) -> Evidence:
    from verify.provers import asymptotics
    from verify.provers.goals import prove_relation

    left = Budget(max(0.2, budget.left), budget.seed)
    if any(t.op == "limit" for t in walk(goal.conclusion)):
        return asymptotics.prove(goal, left)
    return prove_relation(goal, left)


def _antiderivative(f: Term, x: str, inside: Domain, fits: Fits, budget: Budget, engines: bool) -> Term | None:
    for candidate in candidates(f, x, inside, budget) if engines else _by_rule(f, x):
        if budget.spent:
            break
        try:
            written = parse_term(to_text(candidate), inside.names)
        except ValueError:  # what cannot be written down cannot be recorded
            continue
        if fits(written):
            return written
    return None


def candidates(f: Term, x: str, inside: Domain, budget: Budget) -> Iterator[Term]:
    """What may be an antiderivative of f, from the cheapest source on; none of them believed."""
    seen: set[Term] = set()
    sources: tuple[Callable[[], list[Term]], ...] = (
        lambda: _by_rule(f, x),
        lambda: guesses(f, x, inside, budget),
        lambda: guesses(_tidied(f, inside), x, inside, budget),
    )
    for source in sources:
        found = source()
        for candidate in dict.fromkeys([*found, *map(_log_of_size, found)]):
            if candidate not in seen:
                seen.add(candidate)
                yield candidate


def _tidied(f: Term, inside: Domain) -> Term:
    """The normal form of the integrand where one cell covers the interval; a help for guessing, no more."""
    found: list[Term] = []

    def task(tower: Tower, put: Put) -> None:
        found.append(tower.term_of_quotient(tower.element(put(f))))

    outcomes = run_on_cells(inside, task, 0.5)
    return found[0] if outcomes is not None and len(found) == 1 == len(outcomes) else f


def _log_of_size(t: Term) -> Term:
    """The guess with log(abs(u)) for log(u), which has the same derivative and a value where u < 0 too."""
    t = rebuild(t, _log_of_size)
    return fn("log", fn("abs", t.args[0])) if t.op == "log" else t


def _by_rule(f: Term, x: str) -> list[Term]:
    """Antiderivatives of c*abs(x)**r and c*spow(x, r), which SymPy gives in pieces."""
    if f.op == "*" and x not in f.args[0].free:
        return [fn("*", f.args[0], g) for g in _by_rule(f.args[1], x)]
    if f.op in ("*", "/") and x not in f.args[1].free:
        return [fn(f.op, g, f.args[1]) for g in _by_rule(f.args[0], x)]
    v = sym(x)
    if f == fn("abs", v):
        return [fn("/", fn("*", v, f), num(2))]
    if f.op in ("**", "spow") and x not in f.args[1].free:
        more = fn("+", f.args[1], ONE)
        if f.op == "spow" and f.args[0] == v:
            return [fn("/", fn("**", fn("abs", v), more), more)]
        if f.args[0] == fn("abs", v):
            return [fn("/", fn("*", v, f), more)]
    return []


def guesses(f: Term, x: str, inside: Domain, budget: Budget) -> list[Term]:
    """Candidates for an antiderivative, none of them believed."""
    import sympy

    from verify.language.bridge import from_sympy, to_sympy

    positive = {n: signs(sym(n), inside, 0.3) == frozenset((1,)) for n in f.free}
    negative = {n: signs(sym(n), inside, 0.3) == frozenset((-1,)) for n in f.free}
    table: dict[str, sympy.Symbol] = {}
    try:
        expr = to_sympy(f)
    except Exception:  # what the bridge cannot carry over has no guess
        return []
    for s in expr.free_symbols:
        n = s.name
        known = {"positive": True} if positive.get(n) else {"negative": True} if negative.get(n) else {"real": True}
        table[n] = sympy.Symbol(n, **known)
    expr = expr.xreplace({s: table[s.name] for s in expr.free_symbols})
    variable = table.get(x, sympy.Symbol(x, real=True))
    found: list[Term] = []
    for attempt in (_plain, _expanded):
        if budget.spent:
            break
        try:
            result = attempt(expr, variable)
        except Exception:  # a conjecture maker that fails makes no conjecture
            continue
        for branch in _branches(result):
            try:
                found.append(from_sympy(branch))
            except Exception:  # a result outside the language is no use
                continue
    return list(dict.fromkeys(found))


def _plain(expr, variable):  # type: ignore[no-untyped-def]
    import sympy

    return sympy.integrate(expr, variable)


def _expanded(expr, variable):  # type: ignore[no-untyped-def]
    import sympy

    return sympy.integrate(sympy.powsimp(sympy.expand(expr)), variable)


def _branches(result) -> list:  # type: ignore[no-untyped-def]
    import sympy

    if result.has(sympy.Integral):
        return []
    pieces = list(result.atoms(sympy.Piecewise))
    if not pieces:
        return [result]
    out = []
    for piece in pieces[:1]:
        for expression, _ in piece.args:
            out.extend(_branches(result.xreplace({piece: expression})))
    return out
