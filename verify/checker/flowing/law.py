"""A law along a flow as it is read from a statement: ``gap relation 0`` with a name for each derivative in time."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from verify.checker.flowing.factors import factor_arguments
from verify.checker.flowing.terms import atoms_of, fold, is_plain, without_extrema
from verify.language.terms import BINDERS, ONE, RELATIONS, ZERO, Term, rebuild, substitute, sym, walk
from verify.statement import Domain, Statement

RATE = "_ddt"  # names RATE0, RATE1, ... stand for the derivatives along the flow


@dataclass(frozen=True)
class Law:
    """The law with its flow, for all its parameters or a part of them.

    label, fixed: which part, in words, and the values that were put in for parameters.
    """

    domain: Domain
    fields: dict[str, Term]
    observed: tuple[Term, ...]  # the e of each ddt(e)
    gap: Term  # left side - right side, with names _ddt0, _ddt1, ... for the derivatives
    relation: str
    label: str = ""
    fixed: dict[str, Term] = field(default_factory=dict)

    @property
    def state(self) -> frozenset[str]:
        return frozenset(self.fields)

    @property
    def atoms(self) -> list[Term]:
        """The factors of all kinks, those of the hypotheses too: signs that a hypothesis speaks of help to use it."""
        plain = [h for h in self.domain.hypotheses if h.op in RELATIONS and not any(t.op in BINDERS for t in walk(h))]
        sides = [factor_arguments(without_extrema(h)) for h in plain]
        return atoms_of([*self.fields.values(), *self.observed, self.gap, *sides])

    def put(self, name: str, value: Term, label: str = "") -> Law:
        """The law where the parameter has that value."""
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

    def cut(self, part: Term) -> Law:
        """The law for the parameters for which the relation holds too."""
        return replace(self, domain=self.domain.assuming(part), label=f"{self.label}, {part}".lstrip(", "))


def bound(c: Term) -> tuple[Term, Term] | None:
    """(u <= c, -u <= c) where the conclusion is |u| <= c for a u that speaks of the flow; likewise for <, >= and >."""
    if c.op not in ("<", "<=", ">", ">="):
        return None
    small, large = c.children if c.op in ("<", "<=") else c.children[::-1]
    if small.op != "abs" or not any(t.op == "ddt" for t in walk(small)):
        return None
    op, u = c.op[0].replace(">", "<") + c.op[1:], small.children[0]
    return Term(op, u, large), Term(op, Term("neg", u), large)


def read(statement: Statement) -> Law:
    """The law of a statement whose conclusion is one relation, or ``conserved``, about ddt; raises ValueError."""
    c = statement.conclusion
    if c.op == "conserved":
        c = Term("==", Term("ddt", c.args[0]), ZERO)
    if c.op not in RELATIONS or not statement.flow:
        raise ValueError("not a law along a flow")
    names = statement.domain.names
    domain = statement.domain
    if any(t.op in ("ddt", "conserved") for h in domain.hypotheses for t in walk(h)):
        raise ValueError("a hypothesis speaks of the flow")
    if any(name.startswith(RATE) for name in (*names, *(n for n, _ in statement.flow))):
        raise ValueError(f"names that begin with {RATE} are taken")
    if len(dict(statement.flow)) < len(statement.flow):
        raise ValueError("two fields for one variable")
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
        return sym(f"{RATE}{observed.index(e)}")

    gap = take(Term("-", *c.args))
    if not observed:
        raise ValueError("no derivative along the flow: what is said of the states is said of all of them")
    if any(t.op == "sym" and t.args[0].startswith(RATE) for a in atoms_of([without_extrema(gap)]) for t in walk(a)):
        raise ValueError("a derivative along the flow inside a kink")
    domain = replace(domain, hypotheses=tuple(worked_out(h, Domain(domain.variables)) for h in domain.hypotheses))

    def ready(t: Term) -> Term:
        return factor_arguments(_tidy(without_extrema(worked_out(t, domain))))

    return Law(
        domain,
        {name: ready(f) for name, f in statement.flow},
        tuple(ready(e) for e in observed),
        ready(gap),
        c.op,
    )


def worked_out(t: Term, domain: Domain) -> Term:
    """The term without ``diff``, where every derivative in it is proved to exist."""
    from verify.exact.signs import defined, signs
    from verify.language.calculus import bodies, expand, smoothness

    if not any(s.op == "diff" for s in walk(t)):
        return t
    kinks_vanish_nowhere = all(0 not in signs(expand(s), domain) for s in smoothness(t))
    if not kinks_vanish_nowhere or not all(defined(expand(f), domain) for f in bodies(t)):
        raise ValueError("a derivative where its function may have none")
    return expand(t)


def _tidy(t: Term) -> Term:
    """Exponents worked out, so that |u|^(2 - 1) is |u|, spow(u, 2 - 1) is u and spow(u, 1 - 1) is a sign."""
    t = rebuild(t, _tidy)
    if t.op not in ("**", "spow"):
        return t
    base, exponent = t.children
    if all(s.op in ("num", "sym", "+", "-", "*", "neg") for s in walk(exponent)):
        exponent = fold(exponent)
    if t.op == "spow" and exponent in (ONE, ZERO):
        return base if exponent == ONE else Term("sign", base)
    return Term(t.op, base, exponent)
