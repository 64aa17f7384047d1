"""The mirror flow that a commuting parameterization induces: its inverse metric and its potential."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flint import fmpq_mpoly

from numerics.laws import count_laws
from numerics.laws.further import enrich, laws_in
from numerics.laws.maps import PolynomialMap
from verify.evidence import Tier
from verify.exact.signs import defined, is_zero, signs
from verify.language.bridge import BridgeError, from_sympy, to_sympy
from verify.language.calculus import expand
from verify.language.errors import LanguageError
from verify.language.parse import parse_term
from verify.language.printing import to_text
from verify.language.terms import ONE, ZERO, Term, fn, num, sym
from verify.reparam.algebra import independent
from verify.reparam.answers import Answer, fails, holds, undecided
from verify.reparam.reading import Parameterized, Reader
from verify.reparam.subject import Subject, law_text
from verify.reparam.writing import to_term
from verify.statement import Domain

if TYPE_CHECKING:
    from theory.lie_potential import InducedPotential

_MIRROR = "G commutes and is regular at generic weights, so that gradient flow of f(G(w)) is a mirror flow of G(w)."
_METRIC = "The inverse metric of G{} on a level of the laws is a known function of x = G{}."
_POTENTIAL = "The induced potential of G{} is known in closed form."
MAX_WEIGHTS = 5


def induced(regular: Answer, commuting: Answer) -> Answer:
    """Whether the theorem on commuting parameterizations applies."""
    both = (regular, commuting)
    if all(a.verdict == "holds" for a in both):
        text = "by the theorem on commuting parameterizations; the potential has the Hessian (J J^T)^-1"
        return holds("mirror-flow", _MIRROR, text, scope=regular.scope)
    broken = next((a for a in both if a.verdict == "fails"), None)
    if broken is not None:
        return fails("mirror-flow", _MIRROR, broken.answer, counterexample=broken.counterexample)
    return undecided("mirror-flow", _MIRROR, "one of the two is open", "; ".join(a.would_decide for a in both))


def alone(it: Subject) -> list[int]:
    """The coordinates that share no weight with another one."""
    small = it.small
    if small is None:
        return []
    used = [{a for a, e in enumerate(row) if e != 0} for row in it.fields]
    return [i for i, w in enumerate(used) if all(not w & other for j, other in enumerate(used) if j != i)]


def metric(it: Subject, i: int) -> list[Answer]:
    """Inverse metric and potential of a coordinate that has its weights for itself (counted from 0)."""
    small = it.small
    assert small is not None
    which = str(i + 1) if it.outputs > 1 else ""
    g = small.coordinates[i]
    own = [a for a, e in enumerate(it.fields[i]) if e != 0]
    question, potential = _METRIC.format(which, which), _POTENTIAL.format(which)
    in_weights = to_text(to_term(small.ring, sum((e * e for e in small.ring.gradient(g)), small.ring.constant(0)),
                                 small.names))  # fmt: skip
    values: dict[str, Any] = {"in_weights": in_weights}
    try:
        found = _induced(it, i, own)
        relation = str(found.relation)
    except (ArithmeticError, NotImplementedError, ValueError) as error:
        text = f"M = {in_weights}, R''(G(w)) = 1/M; not eliminated: {error}"
        return [undecided(f"metric{which}", question, text, "more polynomial laws, or fewer weights", values=values)]
    levels = {str(c): str(found.written(h)) for c, h in zip(found.levels, found.laws, strict=True)}
    values |= {"relation": relation, "levels": levels}
    told = ", ".join(f"{c} = {h}" for c, h in levels.items())
    tier = Tier.certified if _relation_is_exact(small, i, relation, found) else Tier.symbolic
    try:
        value = str(found.in_x)
    except ArithmeticError as error:
        text = f"0 = {relation}" + (f" with {told}" if told else "") + f"; {error}"
        related = f"M and x = G{which} obey a polynomial relation on a level of the laws."
        return [holds(f"metric{which}", related, text, tier=tier, values=values),
                undecided(f"potential{which}", potential, "R'' = 1/M with M from that relation",
                          "a closed form of the root; R is its double integral", values=values)]  # fmt: skip
    values["in_x"] = value
    answers = [holds(f"metric{which}", question, f"M(x) = {value}" + (f" with {told}" if told else ""), tier=tier,
                     values=values)]  # fmt: skip
    try:
        closed = found.potential
    except (ArithmeticError, NotImplementedError, ValueError) as error:
        return [*answers, undecided(f"potential{which}", potential, f"R'' = 1/({value}); {error}", "an antiderivative")]
    domain = _domain(closed, found)
    scope = ", ".join(to_text(h) for h in domain.hypotheses)
    sure = Tier.certified if tier == Tier.certified and _second_derivative(closed, found, domain) else Tier.symbolic
    answers.append(holds(f"potential{which}", potential, f"R(x) = {closed}", tier=sure, scope=scope,
                         values={"potential": str(closed)}))  # fmt: skip
    return answers


def _domain(closed: Any, found: InducedPotential) -> Domain:
    """Positive levels, positive x where R or M needs it, and a positive metric."""
    from theory.lie_potential import x

    names = sorted(str(s) for s in (closed.free_symbols | found.in_x.free_symbols) - {x})
    hypotheses = [Term(">", sym(n), ZERO) for n in names]
    if found.in_x.subs(x, 0) == 0 or found.in_x.has(1 / x):
        hypotheses.append(Term(">", sym("x"), ZERO))
    domain = Domain((("x", "real"), *((n, "real") for n in names)), tuple(hypotheses))
    try:
        m = from_sympy(found.in_x)
    except BridgeError:
        return domain
    return domain if signs(m, domain) == frozenset({1}) else domain.assuming(Term(">", m, ZERO))


def _induced(it: Subject, i: int, own: list[int]) -> InducedPotential:
    from theory.lie_potential import InducedPotential

    assert it.small is not None
    if len(own) > MAX_WEIGHTS or len(it.small.constants):
        raise ValueError(f"more than {MAX_WEIGHTS} weights, or constants")
    if it.map is None:
        return _of_functions(it, it.small, i, own)
    terms = it.small.coordinates[i].to_dict().items()
    reduced = {tuple(int(e[a]) for a in own): _fraction(c) for e, c in terms}
    single = PolynomialMap.of([it.small.weights[a] for a in own], [reduced])
    count = count_laws(single, 3 if len(own) < 5 else 2, it.request.seed)
    laws = [law_text(count.laws.laws[k], single.names) for k in count.independent]
    if len(laws) < len(own) - 1:
        raise ValueError(f"{len(laws)} polynomial laws for {len(own)} weights")
    domain = Domain(tuple((n, "real") for n in single.names))
    expressions = [to_sympy(parse_term(t, single.names), domain) for t in laws]
    coordinate = to_sympy(to_term(it.small.ring, it.small.coordinates[i], it.small.names), domain)
    import sympy

    return InducedPotential(coordinate, [sympy.Symbol(n, real=True) for n in single.names], expressions)


def _of_functions(it: Subject, small: Parameterized, i: int, own: list[int]) -> InducedPotential:
    """The functions in G by names of their own, with the relations that the ring knows between them."""
    import numpy as np
    import sympy

    from theory.lie_potential import InducedPotential

    ring, field = small.ring, [it.fields[i]]
    before = ring.size
    laws: list[fmpq_mpoly] = []
    if len(own) > 1:
        enrich(ring, field)
        found = laws_in(ring, field, 2, np.random.default_rng(it.request.seed))
        opaque = [ring.plain + k for k, a in enumerate(ring.atoms) if a.kind in ("log", "power")]
        others = [a for a in range(len(small.weights)) if a not in own]
        plain = [h for h in found if not any(h.degrees()[k] > 0 for k in opaque)]
        laws = [h for h in independent(small, plain) if all(ring.derivative(h, a) == 0 for a in others)][: len(own) - 1]
    if len(laws) < len(own) - 1:
        raise ValueError(f"{len(laws)} laws without logarithms for {len(own)} weights")
    used = {k for f in (small.coordinates[i], *it.fields[i], *laws) for k, e in enumerate(f.degrees()) if e > 0}
    used |= {k for k in range(ring.plain, before) if ring.atoms[k - ring.plain].kind == "inverse"}
    for k in range(ring.size - 1, ring.plain - 1, -1):  # what the functions in use are made of, the outer ones first
        atom = ring.atoms[k - ring.plain]
        if k in used:
            used |= {n for n, e in enumerate(atom.argument.degrees()) if e > 0}
            if atom.kind in ("log", "power"):
                raise ValueError(f"a {atom.kind} has no polynomial relation to its argument")
    symbols = {k: sympy.Symbol(small.names[k] if k < ring.plain else f"u{k}", real=True) for k in sorted(used)}

    def polynomial(f: fmpq_mpoly) -> sympy.Expr:
        total = sympy.S.Zero
        for exponents, c in f.to_dict().items():
            term = sympy.Rational(int(c.p), int(c.q))
            for k, e in enumerate(exponents):
                if e:
                    term *= symbols[k] ** int(e)
            total += term
        return total

    functions: dict[sympy.Symbol, sympy.Expr] = {}
    relations: list[sympy.Expr] = []
    for k, u in symbols.items():
        if k < ring.plain:
            continue
        atom = ring.atoms[k - ring.plain]
        inner = polynomial(atom.argument).subs(functions, simultaneous=True)
        if atom.kind == "inverse":
            functions[u] = 1 / inner
            relations.append(u * polynomial(atom.argument) - 1)
        elif atom.kind == "root":
            functions[u] = inner ** sympy.Rational(1, atom.order)
            relations.append(u**atom.order - polynomial(atom.argument))
        else:
            functions[u] = getattr(sympy, atom.kind)(inner)
            if atom.kind == "cos" and k - 1 in symbols:
                relations.append(u**2 + symbols[k - 1] ** 2 - 1)
    variables = [symbols[a] if a in symbols else sympy.Symbol(small.names[a], real=True) for a in own]
    gradient = sum((polynomial(e) ** 2 for e in it.fields[i]), sympy.S.Zero)
    kept = [polynomial(h) for h in laws]
    answer = InducedPotential(polynomial(small.coordinates[i]), variables, kept, functions, relations)
    answer.name_metric(gradient)
    return answer


def _fraction(c: Any) -> Any:
    from fractions import Fraction

    return Fraction(int(c.p), int(c.q))


def _relation_is_exact(small: Parameterized, i: int, relation: str, found: InducedPotential) -> bool:
    """The relation with everything put in, expanded by another engine than the one that eliminated."""
    try:
        names = {"x": small.coordinates[i], "M": sum((e * e for e in small.ring.gradient(small.coordinates[i])),
                                                     small.ring.constant(0))}  # fmt: skip
        for c, h in zip(found.levels, found.laws, strict=True):
            text = str(found.written(h))
            reader = Reader(small.ring, small.names, small.domain, text, "law")
            names[str(c)] = reader.read(parse_term(text, small.names))
        reader = Reader(small.ring, (), Domain(), relation, "relation")
        reader.generators = names
        return small.ring.vanishes(reader.read(parse_term(relation, tuple(names))))
    except LanguageError:
        return False


def _second_derivative(closed: Any, found: InducedPotential, domain: Domain) -> bool:
    """Whether exact normal forms confirm R'' = 1/M on the domain."""
    try:
        r, m = from_sympy(closed), from_sympy(found.in_x)
    except BridgeError:
        return False
    difference = fn("-", expand(fn("diff", r, sym("x"), num(2))), fn("/", ONE, m))
    return is_zero(difference, domain) is True and defined(r, domain)
