"""The inverse metric J J^T and the potential of coordinates that share weights, where they commute.

On a level of the laws J J^T is a function of theta = G(w). Its entries are looked for among polynomials in the
coordinates and the laws, by linear algebra over Q on coefficients, so that what is found is an identity in w.
"""

from __future__ import annotations

import itertools
import math
from typing import Any

from flint import fmpq, fmpq_mat, fmpq_mpoly

from numerics.laws import count_laws
from numerics.laws.identities import Law
from numerics.laws.ring import TooLarge
from verify.exact.signs import defined, is_zero
from verify.language.bridge import BridgeError, from_sympy
from verify.language.calculus import expand
from verify.language.printing import to_text
from verify.language.terms import ONE, ZERO, Term, fn, sym
from verify.reparam.answers import Answer, holds, undecided
from verify.reparam.landscape import inverse_metric
from verify.reparam.potential import alone
from verify.reparam.reading import Parameterized
from verify.reparam.subject import Subject, law_text
from verify.reparam.writing import to_term
from verify.statement import Domain

DEGREE = 3
MOST_MONOMIALS, MOST_OUTPUTS, MOST_WEIGHTS = 200, 4, 8
_METRIC = "The inverse metric J J^T on a level of the laws is a known function of theta = G(w)."
_POTENTIAL = "The potential R of the induced mirror flow, of Hessian (J J^T)^-1, is known in closed form."


def joint(it: Subject) -> list[Answer]:
    """Inverse metric and potential of the coordinates that share weights, together."""
    small = it.small
    if small is None or it.map is None or small.constants or it.weights > MOST_WEIGHTS or it.outputs > MOST_OUTPUTS:
        return [undecided("metric", _METRIC, "not tried for functions, constants or at this size",
                          "J J^T as a function of G")]  # fmt: skip
    try:
        shared = [i for i in range(it.outputs) if i not in alone(it)]
        table = inverse_metric(small, [it.fields[i] for i in shared])
        shown = [[to_text(to_term(small.ring, e, small.names)) for e in row] for row in table]
        laws = _laws(it, shared)
        names = [f"x{i + 1}" for i in shared] + [f"c{k + 1}" for k in range(len(laws))]
        generators = [*(small.coordinates[i] for i in shared), *(_polynomial(small, h) for h in laws)]
        found = _in_coordinates(small, generators, table)
    except TooLarge as error:
        return [undecided("metric", _METRIC, str(error), "a smaller parameterization")]
    values: dict[str, Any] = {"in_weights": shown}
    if found is None:
        return [undecided("metric", _METRIC, f"J J^T = {shown} in the weights; no polynomials of G and the laws of "
                          f"degree up to {DEGREE}", "other functions of G and the laws", values=values)]  # fmt: skip
    told = {(i, j): _text(c, names) for (i, j), c in found.items()}
    count = len(shared)
    rows = [[told[min(i, j), max(i, j)] for j in range(count)] for i in range(count)]
    levels = {f"c{k + 1}": law_text(h, it.names) for k, h in enumerate(laws)}
    used = {c: h for c, h in levels.items() if any(c in t for t in told.values())}
    values |= {"in_x": rows, "levels": used}
    matrix = "[" + "; ".join(", ".join(r) for r in rows) + "]"
    more = " with " + ", ".join(f"{c} = {h}" for c, h in used.items()) if used else ""
    x = ", ".join(f"x{i + 1} = G{i + 1}" for i in shared)
    kept = [*names[:count], *used]
    return [holds("metric", _METRIC, f"M = {matrix} for {x}{more}", values=values), _potential(rows, kept, count)]


def _laws(it: Subject, shared: list[int]) -> list[Law]:
    """Independent laws of degree up to 2 in the weights that these coordinates move."""
    assert it.map is not None
    count = count_laws(it.map, 2, it.request.seed)
    moved = {a for i in shared for a, e in enumerate(it.fields[i]) if e != 0}
    every = [count.laws.laws[k] for k in count.independent]
    return [h for h in every if all(a in moved for e in h for a, power in enumerate(e) if power)]


def _polynomial(small: Parameterized, law: Law) -> fmpq_mpoly:
    spare = (0,) * (len(small.ring.generators) - len(small.names))
    return small.ring.context.from_dict({(*e, *spare): fmpq(c) for e, c in law.items()})


Found = dict[tuple[int, int], dict[tuple[int, ...], fmpq]]


def _in_coordinates(small: Parameterized, generators: list[fmpq_mpoly], table: list[list[fmpq_mpoly]]) -> Found | None:
    """Every entry as a polynomial in the generators; None where one is none of degree up to ``DEGREE``."""
    n = len(generators)
    if math.comb(n + DEGREE, DEGREE) > MOST_MONOMIALS:
        raise TooLarge("too many products of coordinates and laws")
    exponents = [e for d in range(DEGREE + 1) for e in _of_degree(n, d)]
    products = []
    for e in exponents:
        value = small.ring.constant(1)
        for g, k in zip(generators, e, strict=True):
            if k:
                value = small.ring.checked(value * g**k)
        products.append(value)
    pairs = list(itertools.combinations_with_replacement(range(len(table)), 2))
    columns = [p.to_dict() for p in products] + [table[i][j].to_dict() for i, j in pairs]
    places = sorted({m for c in columns for m in c})
    matrix = fmpq_mat(len(places), len(columns), [c.get(m, fmpq(0)) for m in places for c in columns])
    reduced, _ = matrix.rref()
    answer: Found = {}
    pivots = _pivots(reduced)
    if any(c >= len(products) for _, c in pivots):  # an entry that is no combination
        return None
    for k, pair in enumerate(pairs):
        column = len(products) + k
        answer[pair] = {exponents[c]: reduced[r, column] for r, c in pivots if reduced[r, column] != 0}
        total = sum((value * products[exponents.index(e)] for e, value in answer[pair].items()), small.ring.constant(0))
        if total != table[pair[0]][pair[1]]:
            raise ArithmeticError("an entry of J J^T was not confirmed")
    return answer


def _of_degree(n: int, d: int) -> list[tuple[int, ...]]:
    chosen = itertools.combinations_with_replacement(range(n), d)
    return [tuple(c.count(k) for k in range(n)) for c in chosen]


def _pivots(reduced: fmpq_mat) -> list[tuple[int, int]]:
    found = []
    for r in range(reduced.nrows()):
        c = next((c for c in range(reduced.ncols()) if reduced[r, c] != 0), None)
        if c is not None:
            found.append((r, c))
    return found


def _text(polynomial: dict[tuple[int, ...], fmpq], names: list[str]) -> str:
    parts = []
    for exponents, c in polynomial.items():
        factors = [n if e == 1 else f"{n}**{e}" for n, e in zip(names, exponents, strict=True) if e]
        size = abs(c)
        if size != 1 or not factors:
            factors.insert(0, str(size) if size.q == 1 else f"({size})")
        parts.append(("-" if c < 0 else "+", "*".join(factors)))
    text = " ".join(f"{s} {p}" for s, p in parts) or "+ 0"
    return text.removeprefix("+ ") if text.startswith("+ ") else f"-{text[2:]}"


def _potential(rows: list[list[str]], names: list[str], outputs: int) -> Answer:
    """By integrating twice; R is told only where its Hessian times J J^T is the identity, exactly."""
    import sympy

    symbols = {n: sympy.Symbol(n, positive=True) for n in names}
    matrix = sympy.Matrix([[_sympy(text, symbols) for text in row] for row in rows])
    xs = [symbols[n] for n in names[:outputs]]
    inverse = matrix.inv().applyfunc(sympy.factor)
    text = "the Hessian of R is M^-1"
    try:
        R = _integrated(inverse, xs)
    except (ArithmeticError, NotImplementedError, ValueError) as error:
        return undecided("potential", _POTENTIAL, f"{text}; {error}", "an antiderivative", values={})
    needed = [n for n in names if R.has(sympy.log) or n not in names[:outputs]]
    hypotheses = [Term(">", sym(n), ZERO) for n in needed]
    det = sympy.factor(matrix.det())
    if not det.is_number:
        hypotheses.append(Term(">", from_sympy(det), ZERO))
    domain = Domain(tuple((n, "real") for n in names), tuple(hypotheses))
    absolute = R.replace(sympy.log, lambda u: sympy.log(sympy.Abs(u, evaluate=False)))
    R = next((f for f in (R, absolute) if _confirmed(f, matrix, xs, domain)), None) or R
    if not _confirmed(R, matrix, xs, domain):
        return undecided("potential", _POTENTIAL, f"{text}; conjectured: R = {R}", "a proof that its Hessian is M^-1")
    scope = ", ".join(to_text(h) for h in domain.hypotheses)
    return holds("potential", _POTENTIAL, f"R = {R}", scope=scope, values={"potential": str(R)})


def _sympy(text: str, symbols: dict[str, Any]) -> Any:
    from verify.language.bridge import to_sympy
    from verify.language.parse import parse_term

    term = to_sympy(parse_term(text, tuple(symbols), where="metric"))
    return term.subs({s: symbols[s.name] for s in term.free_symbols})


def _integrated(H: Any, xs: list[Any]) -> Any:
    """R with the Hessian H: one variable after the other, what is left of R' being free of those before."""
    import sympy

    slopes: list[Any] = []
    for row in range(len(xs)):
        slope = sympy.S.Zero
        for k, x in enumerate(xs):
            slope += _antiderivative(sympy.cancel(sympy.together(H[row, k] - sympy.diff(slope, x))), x, xs[:k])
        slopes.append(slope)
    R = sympy.S.Zero
    for k, x in enumerate(xs):
        R += _antiderivative(sympy.simplify(slopes[k] - sympy.diff(R, x)), x, xs[:k])
    return sympy.expand_log(sympy.expand(R), force=True)


def _antiderivative(f: Any, x: Any, gone: list[Any]) -> Any:
    import sympy

    if any(f.has(g) for g in gone):
        raise ValueError("the parts of the gradient do not fit together")
    answer = sympy.integrate(f, x)
    if answer.has(sympy.Integral):
        raise ValueError("no antiderivative was found")
    return answer


def _confirmed(R: Any, matrix: Any, xs: list[Any], domain: Domain) -> bool:
    """Whether R has values on the domain and, by exact normal forms, its Hessian times the inverse metric is 1."""
    try:
        term = from_sympy(R)
        entries = [[from_sympy(e) for e in matrix.row(i)] for i in range(len(xs))]
    except BridgeError:
        return False
    if not defined(term, domain):
        return False
    names = [x.name for x in xs]
    for i, j in itertools.product(range(len(xs)), repeat=2):
        total: Term = ZERO
        for k, name in enumerate(names):
            second = expand(fn("diff", fn("diff", term, sym(names[i]), ONE), sym(name), ONE))
            total = fn("+", total, fn("*", second, entries[k][j]))
        if is_zero(fn("-", total, ONE if i == j else ZERO), domain) is not True:
            return False
    return True
