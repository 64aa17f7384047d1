"""The mirror flow that a commuting parameterization induces: its inverse metric and its potential."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numerics.laws import count_laws
from numerics.laws.maps import PolynomialMap
from verify.evidence import Tier
from verify.exact.signs import is_zero
from verify.language.bridge import BridgeError, from_sympy, to_sympy
from verify.language.calculus import expand
from verify.language.errors import LanguageError
from verify.language.parse import parse_term
from verify.language.printing import to_text
from verify.language.terms import ONE, ZERO, Term, fn, num, sym
from verify.reparam.answers import Answer, fails, holds, undecided
from verify.reparam.reading import Parameterized, Reader, to_term
from verify.reparam.subject import Subject, law_text
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
        return holds("mirror-flow", _MIRROR, "its potential has the Hessian (J J^T)^-1 on every level of the laws",
                     scope=regular.scope)  # fmt: skip
    broken = next((a for a in both if a.verdict == "fails"), None)
    if broken is not None:
        return fails("mirror-flow", _MIRROR, broken.answer, counterexample=broken.counterexample)
    return undecided("mirror-flow", _MIRROR, "one of the two is open", "; ".join(a.would_decide for a in both))


def alone(it: Subject) -> list[int]:
    """The coordinates that share no weight with another one."""
    small = it.small
    if small is None or it.map is None:
        return []
    used = [{a for a, e in enumerate(g.degrees()[: len(small.weights)]) if e} for g in small.coordinates]
    return [i for i, w in enumerate(used) if all(not w & other for j, other in enumerate(used) if j != i)]


def metric(it: Subject, i: int) -> list[Answer]:
    """Inverse metric and potential of a coordinate that has its weights for itself (counted from 0)."""
    small = it.small
    assert small is not None
    which = str(i + 1) if it.outputs > 1 else ""
    g = small.coordinates[i]
    own = [a for a, e in enumerate(g.degrees()[: len(small.weights)]) if e]
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
    levels = {str(c): str(h) for c, h in zip(found.levels, found.laws, strict=True)}
    values |= {"relation": relation, "levels": levels}
    told = ", ".join(f"{c} = {h}" for c, h in levels.items())
    tier = Tier.certified if _relation_is_exact(small, i, relation, found) else Tier.symbolic
    try:
        value = str(found.in_x)
    except ArithmeticError as error:
        text = f"0 = {relation}" + (f" with {told}" if told else "") + f" determines it; {error}"
        return [holds(f"metric{which}", question, text, tier=tier, values=values),
                undecided(f"potential{which}", potential, "R'' = 1/M with M from that relation",
                          "a closed form of the root; R is its double integral", values=values)]  # fmt: skip
    values["in_x"] = value
    answers = [holds(f"metric{which}", question, f"M(x) = {value}" + (f" with {told}" if told else ""), tier=tier,
                     values=values)]  # fmt: skip
    try:
        closed = found.potential
    except (ArithmeticError, NotImplementedError, ValueError) as error:
        return [*answers, undecided(f"potential{which}", potential, f"R'' = 1/({value}); {error}", "an antiderivative")]
    scope = f"{', '.join(levels)} > 0" if levels else ""
    if not _finite_at_zero(found):
        scope = ", ".join(s for s in (scope, "x > 0") if s)
    sure = Tier.certified if _second_derivative(closed, found.in_x) else Tier.symbolic
    answers.append(holds(f"potential{which}", potential, f"R(x) = {closed}", tier=sure, scope=scope,
                         values={"potential": str(closed)}))  # fmt: skip
    return answers


def _finite_at_zero(found: InducedPotential) -> bool:
    from theory.lie_potential import x

    return found.in_x.subs(x, 0) != 0


def _induced(it: Subject, i: int, own: list[int]) -> InducedPotential:
    from theory.lie_potential import InducedPotential

    assert it.map is not None and it.small is not None
    if len(own) > MAX_WEIGHTS or len(it.small.constants):
        raise ValueError(f"more than {MAX_WEIGHTS} weights, or constants")
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


def _fraction(c: Any) -> Any:
    from fractions import Fraction

    return Fraction(int(c.p), int(c.q))


def _relation_is_exact(small: Parameterized, i: int, relation: str, found: InducedPotential) -> bool:
    """The relation with everything put in, expanded by another engine than the one that eliminated."""
    try:
        names = {"x": small.coordinates[i], "M": sum((e * e for e in small.ring.gradient(small.coordinates[i])),
                                                     small.ring.constant(0))}  # fmt: skip
        for c, h in zip(found.levels, found.laws, strict=True):
            reader = Reader(small.ring, small.names, small.domain, str(h), "law")
            names[str(c)] = reader.read(parse_term(str(h), small.names))
        reader = Reader(small.ring, (), Domain(), relation, "relation")
        reader.generators = names
        return small.ring.vanishes(reader.read(parse_term(relation, tuple(names))))
    except LanguageError:
        return False


def _second_derivative(closed: Any, in_x: Any) -> bool:
    """Whether exact normal forms confirm R'' = 1/M for positive levels."""
    try:
        r, m = from_sympy(closed), from_sympy(in_x)
    except BridgeError:
        return False
    names = sorted((r.free | m.free) - {"x"})
    positive = [Term(">", sym(n), ZERO) for n in names]
    if in_x.subs("x", 0) == 0 or "log" in str(closed):
        positive.append(Term(">", sym("x"), ZERO))
    domain = Domain((("x", "real"), *((n, "real") for n in names)), tuple(positive))
    difference = fn("-", expand(fn("diff", r, sym("x"), num(2))), fn("/", ONE, m))
    return is_zero(difference, domain) is True
