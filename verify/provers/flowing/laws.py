"""A law along a flow as it is read from a statement, and the cases of its parameters.

Where an exponent of the field may be 0, ``spow(u, r)`` is continuous for r > 0 and jumps for r = 0: the parameters are
cut there. Where an equation between parameters makes kinks of the state coincide, that value is put in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from verify.language.terms import BINDERS, ONE, RELATIONS, ZERO, Term, rebuild, substitute, sym, walk
from verify.provers.flowing.cells import Cell, NotSmooth, identically, on_cell
from verify.provers.flowing.factors import factor_arguments
from verify.provers.flowing.terms import affine, atoms_of, fold, is_plain, without_extrema
from verify.statement import Domain, Statement

RATE = "_ddt"  # names RATE0, RATE1, ... stand for the derivatives along the flow


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
    def atoms(self) -> list[Term]:
        """The factors of all kinks, those of the hypotheses too: signs that a hypothesis speaks of help to use it."""
        plain = [h for h in self.domain.hypotheses if h.op in RELATIONS and not any(t.op in BINDERS for t in walk(h))]
        sides = [factor_arguments(without_extrema(h)) for h in plain]
        return atoms_of([*self.fields.values(), *self.observed, self.gap, *sides])

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


def read(statement: Statement) -> Case:
    """The law of a statement whose conclusion is one relation, or ``conserved``, about ddt; raises ValueError."""
    c = statement.conclusion
    if c.op == "conserved":
        c = Term("==", Term("ddt", c.args[0]), ZERO)
    names = statement.domain.names
    domain = statement.domain
    if any(name.startswith(RATE) for name in names):
        raise ValueError(f"names that begin with {RATE} are taken")
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
    if any(t.op == "sym" and t.args[0].startswith(RATE) for a in atoms_of([without_extrema(gap)]) for t in walk(a)):
        raise ValueError("a derivative along the flow inside a kink")
    domain = replace(domain, hypotheses=tuple(_worked_out(h, Domain(domain.variables)) for h in domain.hypotheses))

    def ready(t: Term) -> Term:
        return factor_arguments(_tidy(without_extrema(_worked_out(t, domain))))

    return Case(
        domain,
        {name: ready(f) for name, f in statement.flow},
        tuple(ready(e) for e in observed),
        ready(gap),
        c.op,
    )


def _worked_out(t: Term, domain: Domain) -> Term:
    """The term without ``diff``, where every derivative in it is proved to exist."""
    from verify.exact.signs import defined
    from verify.language.calculus import bodies, expand, smoothness

    if not any(s.op == "diff" for s in walk(t)):
        return t
    kinks_vanish_nowhere = all(identically(Term("!=", expand(s), ZERO), domain) for s in smoothness(t))
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


def cases(case: Case) -> Iterator[Case]:
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
                    yield from cases(case.put(name, value, f"{name} == {value}"))
                    for s, op in ((1, ">"), (-1, "<")):
                        if s in possible:
                            part = Term(op, r, ZERO)
                            inside = replace(
                                case, domain=case.domain.assuming(part), label=f"{case.label}, {part}".lstrip(", ")
                            )
                            yield from cases(inside)
                    return
    yield case


def narrower(case: Case, cell: Cell) -> Case | None:
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
