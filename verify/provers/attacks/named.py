"""Points of a domain with irrational coordinates that have a name, where equations leave no rational ones.

The equations among the hypotheses are solved for one variable each (x**3 == 2, exp(x) == y + 1, x**2 == x + 1); the
rest gets rational values. Normal forms then prove every hypothesis.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from verify.checker.named_points import hypotheses_at
from verify.language.parse import parse_term
from verify.language.printing import to_text
from verify.language.terms import TRUE, Term, num, substitute
from verify.provers import exact
from verify.provers.attacks.points import Sampler
from verify.provers.budget import Budget
from verify.statement import Domain, Statement

MOST_BASES = 12
MOST_CHOICES = 8


def named_points(domain: Domain, budget: Budget) -> Iterator[dict[str, Term]]:
    """Points that are proved to satisfy every hypothesis, at least one coordinate given by a solved equation."""
    if not any(h.op == "==" for h in domain.hypotheses):
        return
    sampler = Sampler(domain, (TRUE,), budget.seed)
    seen: set[tuple[Term, ...]] = set()
    solved = [*sampler.eliminations, *_quadratics(domain)]
    for choice in solved:
        names = [n for n in choice if choice[n]]
        if not names:
            continue
        for base in itertools.islice(sampler.bases(), MOST_BASES):
            for terms in itertools.islice(itertools.product(*(choice[n][:4] for n in names)), MOST_CHOICES):
                if budget.spent:
                    return
                plain = {n: num(v) for n, v in base.items() if n not in names}
                point = _resolved(plain, dict(zip(names, terms, strict=True)))
                key = tuple(point[n] for n in domain.names) if point is not None else ()
                if point is None or key in seen:
                    continue
                seen.add(key)
                if _inside(domain, point, budget):
                    yield point


def _resolved(values: dict[str, Term], solved: dict[str, Term]) -> dict[str, Term] | None:
    """The solved variables as terms without variables."""
    for _ in range(len(solved) + 1):
        solved = {n: substitute(t, values) for n, t in solved.items()}
        values = {**values, **{n: t for n, t in solved.items() if not t.free}}
        solved = {n: t for n, t in solved.items() if t.free}
    if solved:
        return None
    return {n: parse_term(to_text(t), ()) for n, t in values.items()}


def _inside(domain: Domain, point: dict[str, Term], budget: Budget) -> bool:
    try:
        goals = hypotheses_at(Statement(domain, TRUE), point)
    except (ValueError, ArithmeticError):
        return False
    if goals is None:
        return False
    return all(exact.prove(g, Budget(max(0.05, min(0.3, budget.left)), budget.seed)).result == "holds" for g in goals)


def _quadratics(domain: Domain) -> Iterator[dict[str, list[Term]]]:
    from verify.provers.special import quadratic_roots

    for h in domain.hypotheses:
        if h.op == "==" and len(h.free) == 1:
            name = next(iter(h.free))
            roots = quadratic_roots(Term("-", *h.args), name)
            if roots:
                yield {name: roots}
