"""Where a parameterization loses rank, and the critical points that it adds to every loss."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import fmpq, fmpq_mpoly, fmpq_mpoly_ctx, fmpz_mat

from numerics.laws.maps import PolynomialMap
from numerics.laws.ring import TooLarge
from verify.evidence import Tier
from verify.exact.signs import signs
from verify.language.bridge import to_sympy
from verify.language.evaluate import Undefined, Unknown, exact, truth
from verify.language.printing import to_text
from verify.language.terms import ZERO, Term, substitute
from verify.reparam.algebra import rational_value
from verify.reparam.answers import Answer, fails, holds, undecided
from verify.reparam.reading import Parameterized
from verify.reparam.subject import Subject
from verify.reparam.writing import to_term, where_defined
from verify.statement import Domain

if TYPE_CHECKING:
    import sympy

MAX_OUTPUTS = 4
MAX_ZERO_SETS = 24
MAX_ZERO_WEIGHTS = 12
GRID_WEIGHTS = 7
FEW = 5
_EVERYWHERE = "G is regular everywhere on its domain."
_SOME = "Some w is critical for every f(G(w))."
_SADDLES = "Wherever grad G vanishes, w is critical for every f(G(w)); these sets are known."


def regular_everywhere(it: Subject) -> Answer:
    """By the sign of det(J J^T), or an exact point where it vanishes."""
    small = it.small
    large = small is None or it.outputs > MAX_OUTPUTS
    if large and not it.request.given and it.map is not None and (rank := rank_at_zero(it.map)) < it.outputs:
        detail = f"the rank of the Jacobian at w = 0 is {rank}"
        return fails("regular-everywhere", _EVERYWHERE, detail, counterexample=dict.fromkeys(it.names, "0"))
    if it.outputs > it.weights:
        return fails("regular-everywhere", _EVERYWHERE, f"{it.outputs} coordinates of {it.weights} weights")
    if small is None or large:
        return undecided("regular-everywhere", _EVERYWHERE, "not tried at this size", "the zeros of det(J J^T)")
    try:
        table = inverse_metric(small, it.fields)
        det = small.ring.reduced(_determinant(small, table))
    except TooLarge as error:
        return undecided("regular-everywhere", _EVERYWHERE, str(error), "the zeros of det(J J^T)")
    text = to_text(to_term(small.ring, det, small.names))
    entries = [[to_text(to_term(small.ring, e, small.names)) for e in row] for row in table]
    values: dict[str, Any] = {"determinant": text, "inverse_metric": entries}
    if det == 0:
        return fails("regular-everywhere", _EVERYWHERE, "det(J J^T) is 0 everywhere", values=values)
    term = to_term(small.ring, det, small.names)
    drops, complete = _drops(small, det)
    if drops:
        values |= {"drops_on": drops, "drops_on_is_all": complete}
    told = f" on {' and '.join(drops)}{'' if complete else ', perhaps elsewhere too'}" if drops else " there"
    for point in _grid(small):
        if _is_zero_at(small, det, term, point):
            where = {n: str(x) for n, x in zip(small.names, point, strict=True)}
            detail = f"det(J J^T) = {text} vanishes{told}"
            return fails("regular-everywhere", _EVERYWHERE, detail, counterexample=where, values=values)
    conditions = where_defined(small.ring, small.names)
    if signs(term, small.domain.assuming(*conditions)) == frozenset({1}):
        scope = ", ".join(to_text(c) for c in conditions)
        return holds("regular-everywhere", _EVERYWHERE, f"det(J J^T) = {text} is positive", scope=scope, values=values)
    return undecided("regular-everywhere", _EVERYWHERE, f"the sign of det(J J^T) = {text} is open",
                     "a zero of it in the domain, or a proof that there is none", values=values)  # fmt: skip


def rank_at_zero(g: PolynomialMap) -> int:
    """The rank of J at w = 0, that of the terms of degree one; with constants, which may be 0 there, all of it."""
    if g.weights < len(g.names):
        return g.outputs
    rows = [[0] * g.weights for _ in range(g.outputs)]
    for t in (g.degrees == 1).nonzero()[0].tolist():
        a = next(int(f) for f in g.factors[t] if f < g.weights)
        rows[int(g.coordinate[t])][a] += int(g.coefficients[t])
    return int(fmpz_mat(rows).rank())


def _never_zero(g: PolynomialMap) -> str:
    """A weight whose derivative in some coordinate is a number other than 0, so that grad G vanishes nowhere."""
    for t in (g.degrees == 1).nonzero()[0].tolist() if g.weights == len(g.names) else ():
        a, i = next(int(f) for f in g.factors[t] if f < g.weights), int(g.coordinate[t])
        if int(((g.factors == a).any(axis=1) & (g.coordinate == i)).sum()) == 1:
            return g.names[a]
    return ""


def _is_zero_at(small: Parameterized, f: fmpq_mpoly, term: Term, point: tuple[fmpq, ...]) -> bool:
    value = rational_value(f, point)
    if value is not None:
        return bool(value == 0)
    try:
        return exact(term, {n: Fraction(int(x.p), int(x.q)) for n, x in zip(small.names, point, strict=True)}) == 0
    except Undefined:
        return False


def _drops(small: Parameterized, det: fmpq_mpoly) -> tuple[list[str], bool]:
    """The largest coordinate subspaces on which every monomial of the determinant vanishes, and whether these are all
    of its real zeros: so it is where all coefficients are positive and all exponents even.
    """
    used = len(small.weights)
    monomials = det.to_dict()
    if any(e for exponents in monomials for e in exponents[used:]):
        return [], False
    supports = {frozenset(a for a in range(used) if e[a]) for e in monomials}
    shown = ["{" + ", ".join(f"{small.weights[a]} = 0" for a in z) + "}" for z in least_zero_sets(supports, used)]
    even = all(c > 0 and all(e % 2 == 0 for e in exponents) for exponents, c in monomials.items())
    return shown, even and len(shown) < MAX_ZERO_SETS


def inverse_metric(small: Parameterized, fields: list[list[fmpq_mpoly]]) -> list[list[fmpq_mpoly]]:
    """J J^T."""
    zero = small.ring.constant(0)
    return [
        [small.ring.checked(sum((u * v for u, v in zip(f, g, strict=True)), zero)) for g in fields] for f in fields
    ]


def _determinant(small: Parameterized, table: list[list[fmpq_mpoly]]) -> fmpq_mpoly:
    ring, n = small.ring, len(table)
    total = ring.constant(0)
    for order in itertools.permutations(range(n)):
        odd = sum(order[i] > order[j] for i in range(n) for j in range(i + 1, n)) % 2
        term = ring.constant(-1 if odd else 1)
        for i, j in enumerate(order):
            term = ring.checked(term * table[i][j])
        total += term
    return ring.checked(total)


def _grid(small: Parameterized) -> Iterator[tuple[fmpq, ...]]:
    """Points of the domain with weights 0, 1 or -1, those with the fewest zeros last."""
    weights = len(small.weights)
    rest = small.point[weights:]
    every: list[tuple[int, ...]] = [(0,) * weights]
    if weights <= GRID_WEIGHTS:
        every = sorted(itertools.product((0, 1, -1), repeat=weights), key=lambda p: -p.count(0))
    else:
        every += [tuple(int(a == b) for b in range(weights)) for a in range(weights)]
    for values in every:
        point = (*map(fmpq, values), *rest)
        env = {n: Fraction(int(x.p), int(x.q)) for n, x in zip(small.names, point, strict=True)}
        if small.ring.values(point) is None:
            continue
        try:
            if all(truth(h, env) is True for h in small.domain.hypotheses if h.free <= env.keys()):
                yield point
        except (Undefined, Unknown):
            continue


def zero_sets(small: Parameterized, fields: list[list[fmpq_mpoly]]) -> list[tuple[int, ...]]:
    """The least sets of weights whose vanishing makes every gradient of G vanish, by size."""
    entries = {tuple(sorted(e.to_dict())) for f in fields for e in f if e != 0}
    supports = {frozenset(a for a in range(len(small.weights)) if m[a]) for entry in entries for m in entry}
    return least_zero_sets(supports, len(small.weights))


def least_zero_sets(supports: set[frozenset[int]], weights: int) -> list[tuple[int, ...]]:
    """The least sets of weights that meet every support, by size: up to a limit; none where a support is empty."""
    if any(not s for s in supports) or weights > MAX_ZERO_WEIGHTS:
        return []
    found: list[frozenset[int]] = []
    for size in range(1, weights + 1):
        for chosen in itertools.combinations(range(weights), size):
            z = frozenset(chosen)
            if not any(f <= z for f in found) and all(z & s for s in supports):
                found.append(z)
            if len(found) == MAX_ZERO_SETS:
                return [tuple(sorted(z)) for z in found]
    return [tuple(sorted(z)) for z in found]


def saddles(it: Subject) -> list[Answer]:
    """The coordinate subspaces on which grad G vanishes, each with the spectrum of the Hessian of f(G(w))."""
    small = it.small
    if it.map is not None and (name := _never_zero(it.map)):
        return [fails("saddles", _SOME, f"grad G vanishes nowhere: a coordinate moves with {name} at a constant rate")]
    if small is None or it.map is None or it.weights > 10:
        if small is not None and it.weights <= 10 and it.outputs <= MAX_OUTPUTS:
            regular = regular_everywhere(it)
            if regular.verdict == "holds":
                return [fails("saddles", _SOME, "grad G vanishes nowhere: G is regular everywhere", tier=regular.tier,
                              scope=regular.scope)]  # fmt: skip
        return [undecided("saddles", _SADDLES, _some_zeros(it), "all solutions of grad G = 0")]
    names = small.weights
    every = zero_sets(small, it.fields)
    places = [_meets(small, z) for z in every]
    if None in places:
        return [undecided("saddles", _SADDLES, "weights that are 0 may lie outside of what is given",
                          "simpler hypotheses")]  # fmt: skip
    found = [z for z, inside in zip(every, places, strict=True) if inside]
    shown = ["{" + ", ".join(f"{names[a]} = 0" for a in z) + "}" for z in found]
    monomials = all(len(e) <= 1 for f in it.fields for e in f) and len(every) < MAX_ZERO_SETS
    values = {"sets": [[names[a] for a in z] for z in found], "complete": monomials}
    if monomials and not found:
        where = " in the domain" if every else ""
        head = fails("saddles", _SOME, f"grad G vanishes nowhere{where}", values=values)
    elif monomials:
        head = holds("saddles", _SADDLES, " and ".join(shown), values=values)
    elif len(every) < MAX_ZERO_SETS and _only_these(small, it, every):
        values["complete"] = True
        head = holds("saddles", _SADDLES, " and ".join(shown), tier=Tier.symbolic, values=values) if shown else fails(
            "saddles", _SOME, "grad G vanishes nowhere in the domain", tier=Tier.symbolic, values=values)
    else:
        text = " and ".join(shown) if shown else "no coordinate subspace"
        head = undecided("saddles", _SADDLES, f"{text} for certain; there may be other sets",
                         "the real solutions of grad G = 0 off these subspaces", values=values)  # fmt: skip
    return [head, *(_spectrum(it, small, z, k) for k, z in enumerate(found[:4], 1))]


def _meets(small: Parameterized, zeros: tuple[int, ...]) -> bool | None:
    """Whether the domain has points at which these weights are 0; None where that is open."""
    from verify.provers.budget import Budget
    from verify.provers.refute import find_witness

    at = {small.weights[a]: ZERO for a in zeros}
    cut = [substitute(h, at) for h in small.domain.hypotheses]
    for h in cut:
        if not h.free:
            try:
                if truth(h, {}) is False:
                    return False
            except (Undefined, Unknown):
                return None
    if all(h in small.domain.hypotheses for h in cut):  # none of them speaks of these weights
        return True
    rest = Domain(tuple(v for v in small.domain.variables if v[0] not in at), tuple(h for h in cut if h.free))
    return True if not rest.variables or find_witness(rest, Budget(1.0, 0)) is not None else None


def _some_zeros(it: Subject) -> str:
    """What is certain of the zeros of grad G for functions or for many weights."""
    if it.small is None or it.weights > 10:
        zero = it.map is not None and it.map.degrees.min() >= 2
        return "w = 0 for certain; there may be other sets" if zero else "not looked for at this size"
    small = it.small
    entries = [(e, to_term(small.ring, e, small.names)) for f in it.fields for e in f if e != 0]
    found = [p for p in _grid(small) if all(_is_zero_at(small, e, t, p) for e, t in entries)][:4]
    shown = ["(" + ", ".join(f"{n} = {x}" for n, x in zip(small.names, p, strict=True)) + ")" for p in found]
    return f"{' and '.join(shown)} for certain; there may be others" if shown else "none was found among simple points"


def _only_these(small: Parameterized, it: Subject, found: list[tuple[int, ...]]) -> bool:
    """Whether grad G vanishes nowhere else, over the complex numbers, by radical membership (one engine)."""
    import sympy

    if len(small.weights) > 5 or small.constants:
        return False
    symbols = [sympy.Symbol(n, real=True) for n in small.weights]
    entries = [to_sympy(to_term(small.ring, e, small.names), small.domain) for f in it.fields for e in f if e != 0]
    plain = [sympy.Symbol(n) for n in small.weights]
    entries = [e.subs({s: p for s in e.free_symbols for p in plain if s.name == p.name}) for e in entries]
    t = sympy.Symbol("t_")
    del symbols
    choices = itertools.islice(itertools.product(*found), 64) if found else iter([()])
    for choice in choices:  # the products that vanish on every subspace must vanish with grad G
        product = sympy.Mul(*(plain[a] for a in sorted(set(choice))))
        basis = sympy.groebner([*entries, 1 - t * product], t, *plain, order="grevlex")
        if list(basis.exprs) != [1]:
            return False
    return True


def _spectrum(it: Subject, small: Parameterized, zeros: tuple[int, ...], k: int) -> Answer:
    import sympy

    names = small.weights
    at = ", ".join(f"{names[a]} = 0" for a in zeros)
    question = f"At points of {{{at}}} the Hessian of f(G(w)) has eigenvalues of both signs."
    slopes = [sympy.Symbol(f"f{i}" if it.outputs > 1 else "f1", real=True) for i in range(1, it.outputs + 1)]
    matrix = sympy.zeros(len(names), len(names))
    for v, field in zip(slopes, it.fields, strict=True):
        for a in range(len(names)):
            for b in range(len(names)):
                entry = _on_subspace(small, small.ring.derivative(field[a], b), zeros)
                matrix[a, b] += v * to_sympy(to_term(small.ring, entry, small.names), small.domain)
    kept = [a for a in range(len(names)) if any(matrix[a, b] != 0 for b in range(len(names)))]
    values: dict[str, Any] = {"zero": [names[a] for a in zeros], "rank_at_most": len(kept)}
    told = "f' (named f1) at the value of G" if it.outputs == 1 else "f1, f2, ... the slopes of f"
    if not kept:
        return fails(f"saddle-{k}", question, "the Hessian is 0 there: the point is flatter than a strict saddle",
                     values=values)  # fmt: skip
    block = matrix.extract(kept, kept)
    text = _eigenvalues(block)
    values |= {"eigenvalues": text, "zeros": len(names) - len(kept)}
    plus, minus = _inertia(block, small)
    values |= {"positive": plus, "negative": minus}
    flat = len(names) - plus - minus
    counted = f"at a sample point {plus} positive, {minus} negative, {flat} zero"
    answer = f"{text}, and {len(names) - len(kept)} times 0; {counted}"
    if plus and minus:
        if block.trace().expand() == 0:  # a symmetric matrix other than 0 whose eigenvalues sum to 0
            scope = f"all of them where the Hessian is not 0; {told}, other than 0"
        else:
            where = ", ".join(f"{n} = {x}" for n, x in zip(names, small.point, strict=False) if f"{n} = 0" not in at)
            scope = f"near {where or '0'} with f' = 1; {told}"
        return holds(f"saddle-{k}", question, answer, scope=scope, values=values)
    return fails(f"saddle-{k}", question, f"{answer}: one sign alone where f' = 1", values=values,
                 counterexample={n: "0" if a in zeros else str(x) for a, (n, x) in
                                 enumerate(zip(names, small.point, strict=False))})  # fmt: skip


def _on_subspace(small: Parameterized, f: fmpq_mpoly, zeros: tuple[int, ...]) -> fmpq_mpoly:
    kept = {e: c for e, c in f.to_dict().items() if not any(e[a] for a in zeros)}
    return small.ring.context.from_dict(kept)


def _eigenvalues(block: sympy.Matrix) -> str:
    """The eigenvalues where the characteristic polynomial splits into factors of degree at most 2, else its factors."""
    import sympy

    e = sympy.Symbol("e")
    polynomial = block.charpoly(e).as_expr()
    parts = []
    for p, multiplicity in _factors(polynomial, e):
        factor = p.as_expr()
        times = f" ({multiplicity} times)" if multiplicity > 1 else ""
        if p.degree() == 1:
            parts.append(f"{sympy.cancel(-p.coeff_monomial(1) / p.LC())}{times}")
        elif p.degree() == 2:
            a, b, c = p.all_coeffs()
            middle = sympy.cancel(-b / (2 * a))
            inside = sympy.cancel((b**2 - 4 * a * c) / (4 * a**2))
            few = len(inside.free_symbols) <= FEW  # with many the factors may take for ever
            root = f"sqrt({sympy.factor(inside) if few else inside})"
            parts.append(f"{'' if middle == 0 else middle} +- {root}{times}".strip())
        else:
            parts.append(f"the roots e of {factor}{times}")
    return "eigenvalues " + ", ".join(parts)


def _factors(polynomial: sympy.Expr, e: sympy.Symbol) -> list[tuple[sympy.Poly, int]]:
    """The irreducible factors in e over Q, by an engine whose time does not hang on random draws."""
    import sympy

    names = sorted(polynomial.free_symbols - {e}, key=lambda s: s.name)
    context = fmpq_mpoly_ctx.get([f"y{k}" for k in range(len(names) + 1)], "lex")
    terms = sympy.Poly(polynomial, e, *names).as_dict()
    whole = context.from_dict({k: fmpq(int(sympy.Rational(c).p), int(sympy.Rational(c).q)) for k, c in terms.items()})
    found = []
    for factor, multiplicity in whole.factor()[1]:
        told = {tuple(map(int, k)): sympy.Rational(int(c.p), int(c.q)) for k, c in factor.to_dict().items()}
        p = sympy.Poly(sympy.Poly.from_dict(told, e, *names).as_expr(), e)
        if p.degree() > 0:
            found.append((p, int(multiplicity)))
    return sorted(found, key=lambda f: (f[0].degree(), str(f[0].as_expr())))


def _inertia(block: sympy.Matrix, small: Parameterized) -> tuple[int, int]:
    """How many eigenvalues are positive and how many negative at the sample point, exactly: all roots are real, so that
    Descartes' rule of signs counts them.
    """
    import sympy

    values = {n: sympy.Rational(int(x.p), int(x.q)) for n, x in zip(small.names, small.point, strict=True)}
    at = {s: values.get(s.name, sympy.Integer(1)) for s in block.free_symbols}
    coefficients = block.subs(at).charpoly().all_coeffs()

    def changes(row: list[Any]) -> int:
        filled = [c for c in row if c != 0]
        return sum(1 for u, v in itertools.pairwise(filled) if u * v < 0)

    n = len(coefficients) - 1
    return changes(coefficients), changes([c * (-1) ** (n - k) for k, c in enumerate(coefficients)])
