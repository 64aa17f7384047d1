"""Relations with definite integrals: an antiderivative is guessed, differentiated back, and put in.

SymPy only guesses F. It is used where F' = f is proved by normal forms between the ends, F is defined on the open
interval (with every term of it continuous there), and the values at the ends are F(a), F(b) or one-sided limits,
which then are part of what is to be proved. Gaussian expectations of polynomials and exponentials go by moments.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from verify.evidence import Evidence, Tier, undecided
from verify.exact.signbook import NONNEGATIVE, NONPOSITIVE, ZERO_SIGN
from verify.exact.signs import AT_KINK, Put, defined, guarded, is_zero, run_on_cells, signs
from verify.exact.tower import Tower
from verify.language.terms import ONE, RELATIONS, Term, fn, fresh_name, num, rebuild, substitute, sym, walk
from verify.provers.budget import Budget
from verify.statement import Domain, Statement

METHOD = "antiderivative checked back"
JUMPS = frozenset(("sign", "spow"))
UNCERTAIN = frozenset(("diff", "limit", "integrate", "Sum", "Product", "expect", "gamma"))


class NoValue(Exception):
    """An integral for which no checked antiderivative was found."""


@dataclass(frozen=True)
class Value:
    """An integral's value as a term, and the limits that it still holds."""

    term: Term
    notes: tuple[str, ...]


def applies(statement: Statement) -> bool:
    c = statement.conclusion
    return not statement.flow and c.op in RELATIONS and any(t.op in ("integrate", "expect") for t in walk(c))


def prove(statement: Statement, budget: Budget) -> Evidence:
    if not applies(statement):
        return undecided(METHOD, "no integral")
    notes: list[str] = []
    try:
        conclusion = _eliminate(statement.conclusion, statement.domain, budget, notes)
    except NoValue as e:
        return undecided(METHOD, str(e))
    goal = statement.concluding(conclusion)
    found = _refuted(goal, statement, notes, budget) or _rest(goal, budget)
    if found.result == "fails":
        return found
    if found.result != "holds" or found.scope:
        return undecided(METHOD, f"{'; '.join(notes)}; then: {found.detail}")
    detail = "; ".join([*notes, found.detail])
    return replace(found, method=METHOD, detail=detail, tier=min(found.tier, Tier.certified), certificate=None)


def _refuted(goal: Statement, statement: Statement, notes: list[str], budget: Budget) -> Evidence | None:
    """A counterexample to the statement without its integrals, which is one to the statement itself."""
    from verify.provers import refute

    if any(t.op == "limit" for t in walk(goal.conclusion)):
        return None
    found = refute.prove(goal, Budget(min(1.5, budget.left / 3), budget.seed))
    if found.result != "fails":
        return None
    return replace(found, method=METHOD, tier=Tier.certified, detail="; ".join([*notes, found.detail]))


def _rest(goal: Statement, budget: Budget) -> Evidence:
    from verify.provers import asymptotics
    from verify.provers.goals import prove_relation

    left = Budget(max(0.2, budget.left), budget.seed)
    if any(t.op == "limit" for t in walk(goal.conclusion)):
        return asymptotics.prove(goal, left)
    return prove_relation(goal, left)


def _eliminate(term: Term, domain: Domain, budget: Budget, notes: list[str]) -> Term:
    if not any(t.op in ("integrate", "expect") for t in walk(term)):
        return term
    if term.op == "diff":
        return _rate(term, domain, notes)
    if term.op in ("limit", "Sum", "Product", "forall", "exists"):
        raise NoValue(f"an integral inside {term.op}")
    if term.op in ("integrate", "expect"):
        bound = term.args[1].args[0]
        if any(t.op in ("integrate", "expect") for t in walk(term.args[0])):
            raise NoValue("an integral inside an integral")
        name = bound if bound not in domain.names else fresh_name(bound, frozenset(domain.names) | term.args[0].free)
        body = substitute(term.args[0], {bound: sym(name)})
        if term.op == "expect":
            return _moments(body, name, domain, notes)
        return _integral(body, name, term.args[2], term.args[3], domain, budget, notes)
    return rebuild(term, lambda t: _eliminate(t, domain, budget, notes))


def _rate(term: Term, domain: Domain, notes: list[str]) -> Term:
    """d/dx of the integral of f from a to b is f(b) b' - f(a) a' where f, free of x, is continuous between the ends."""
    integral, v, order = term.args
    x = v.args[0]
    if integral.op != "integrate" or order != ONE or x in integral.args[0].free - integral.args[1].free:
        raise NoValue("an integral inside a derivative")
    body, bound, a, b = integral.args
    index = bound.args[0]
    if any(t.op in (*UNCERTAIN, *JUMPS) for t in walk(body)) or _is_infinite(a) or _is_infinite(b):
        raise NoValue("an integrand that may jump, or an integral without end, in a derivative")
    y = fresh_name(index, frozenset(domain.names) | body.free | a.free | b.free)
    at = sym(y)
    f = substitute(body, {index: at})
    for low, high in ((a, b), (b, a)):
        if not defined(f, domain.declaring(y).assuming(fn("<=", low, at), fn("<=", at, high))):
            raise NoValue("the integrand is not proved to be defined between the ends")
    notes.append(f"the derivative of the integral in {x} is the integrand at its ends")
    top, bottom = (fn("*", substitute(f, {y: end}), fn("diff", end, v, ONE)) for end in (b, a))
    return fn("-", top, bottom)


def _is_infinite(t: Term) -> bool:
    return any(s.op == "const" and s.args[0] == "oo" for s in walk(t))


def _end(t: Term) -> int:
    """1 for oo, -1 for -oo, 0 for a finite end."""
    if not _is_infinite(t):
        return 0
    if t.op == "const":
        return 1
    if t.op == "neg" and t.args[0].op == "const":
        return -1
    raise NoValue("an end that is made of infinities")


def _integral(f: Term, x: str, a: Term, b: Term, domain: Domain, budget: Budget, notes: list[str]) -> Term:
    if _end(a) > 0 or _end(b) < 0:
        if _end(a) == _end(b):
            raise NoValue("both ends are the same infinity")
        return fn("neg", _integral(f, x, b, a, domain, budget, notes))
    if not _is_infinite(a) and not _is_infinite(b):
        s = signs(fn("-", b, a), domain)
        if s == ZERO_SIGN:
            return num(0)
        if s <= NONPOSITIVE:
            return fn("neg", _integral(f, x, b, a, domain, budget, notes))
        ordered = s <= NONNEGATIVE
    else:
        ordered = True
    bounds = [] if _is_infinite(a) else [fn("<", a, sym(x))]
    bounds += [] if _is_infinite(b) else [fn("<", sym(x), b)]
    fibre = domain.declaring(x)
    insides = [fibre.assuming(*bounds)]
    if not ordered:  # the oriented integral is F(b) - F(a) whichever end comes first
        insides.append(fibre.assuming(fn("<", b, sym(x)), fn("<", sym(x), a)))
    if not all(defined(f, inside) for inside in insides):
        raise NoValue("the integrand is not proved to be defined between the ends")
    tidy = _tidied(f, insides[0])
    found = [g for form in dict.fromkeys((tidy, f)) for g in guesses(form, x, insides[0], budget)]
    candidates = dict.fromkeys([*_by_rule(f, x), *found, *map(_log_of_size, found)])
    for antiderivative in candidates:
        if budget.spent:
            break
        if any(t.op in JUMPS and x in t.free for t in walk(antiderivative)) or x not in antiderivative.free:
            continue
        slope = fn("-", fn("diff", antiderivative, sym(x), ONE), f)
        if not all(_slope_fits(slope, x, inside, max(0.3, budget.left / 3)) for inside in insides):
            continue
        if not ordered and not all(defined(substitute(antiderivative, {x: end}), domain) for end in (a, b)):
            continue
        notes.append(f"d/d{x} ({antiderivative}) = {f}")
        top = _at(antiderivative, x, b, "-", domain)
        low = _at(antiderivative, x, a, "+", domain)
        return fn("-", top, low)
    raise NoValue("no antiderivative that could be checked")


def _slope_fits(slope: Term, x: str, inside: Domain, seconds: float) -> bool:
    """F' = f on the interval but for finitely many kinks, at which F is continuous: the integral is F(b) - F(a)."""
    if is_zero(slope, inside, seconds) is True:
        return True
    outcomes = run_on_cells(inside, lambda tower, put: guarded(tower, put, slope).num.is_zero(), seconds)
    if not outcomes:
        return False
    return all(o.value is True or (str(o.stop) == AT_KINK and x in o.cell.values) for o in outcomes)


def _tidied(f: Term, inside: Domain) -> Term:
    """The normal form of the integrand where one cell covers the interval; a help for guessing, no more."""
    found: list[Term] = []

    def task(tower: Tower, put: Put) -> None:
        found.append(tower.term_of_quotient(tower.element(put(f))))

    outcomes = run_on_cells(inside, task, 0.5)
    return found[0] if outcomes is not None and len(found) == 1 == len(outcomes) else f


def _at(antiderivative: Term, x: str, end: Term, side: str, domain: Domain) -> Term:
    """F at an end of the interval: its value where F is defined and continuous up to there, else the limit."""
    if not _is_infinite(end):
        value = substitute(antiderivative, {x: end})
        smooth = not any(t.op in ("Min", "Max") for t in walk(antiderivative))
        if smooth and defined(value, domain):
            return value
    elif end.op == "neg":
        return fn("limit", antiderivative, sym(x), end, Term("text", "+-"))
    return fn("limit", antiderivative, sym(x), end, Term("text", "+-" if _is_infinite(end) else side))


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


# -- Gaussian expectations ----------------------------------------------------------------------------------------


def _moments(f: Term, z: str, domain: Domain, notes: list[str]) -> Term:
    """E f(Z) for f a polynomial in Z times exp(c Z): E Z^k exp(cZ) = exp(c^2/2) E (Z + c)^k."""
    total: Term | None = None
    for coefficient, power, rate in _expansion(f, z):
        moment = _moment(power, rate)
        part = fn("*", coefficient, moment)
        total = part if total is None else fn("+", total, part)
    notes.append("moments of the standard normal law")
    return num(0) if total is None else total


def _moment(k: int, rate: Term | None) -> Term:
    from math import comb

    def central(j: int) -> int:
        return 0 if j % 2 else _double_factorial(j - 1)

    if rate is None:
        return num(central(k))
    total: Term = num(0)
    for j in range(k + 1):
        weight = comb(k, j) * central(j)
        if weight:
            total = fn("+", total, fn("*", num(weight), fn("**", rate, num(k - j)) if k > j else num(1)))
    return fn("*", fn("exp", fn("/", fn("**", rate, num(2)), num(2))), total)


def _double_factorial(n: int) -> int:
    return 1 if n <= 0 else n * _double_factorial(n - 2)


def _expansion(f: Term, z: str) -> list[tuple[Term, int, Term | None]]:
    """f as a sum of coefficient * z**k * exp(rate*z); raises NoValue where f is not of that form."""
    if z not in f.free:
        return [(f, 0, None)]
    op, a = f.op, f.args
    if f == sym(z):
        return [(num(1), 1, None)]
    if op in ("+", "-"):
        right = _expansion(a[1], z)
        if op == "-":
            right = [(fn("neg", c), k, r) for c, k, r in right]
        return _expansion(a[0], z) + right
    if op == "neg":
        return [(fn("neg", c), k, r) for c, k, r in _expansion(a[0], z)]
    if op == "*":
        return _multiply(_expansion(a[0], z), _expansion(a[1], z))
    if op == "/" and z not in a[1].free:
        return [(fn("/", c, a[1]), k, r) for c, k, r in _expansion(a[0], z)]
    if op == "**" and a[1].is_number and a[1].args[0].denominator == 1 and 0 < a[1].args[0] <= 12:
        result: list[tuple[Term, int, Term | None]] = [(num(1), 0, None)]
        for _ in range(int(a[1].args[0])):
            result = _multiply(result, _expansion(a[0], z))
        return result
    if op == "exp":
        inner = _expansion(a[0], z)
        if all(r is None and k <= 1 for _, k, r in inner):
            constant = [c for c, k, _ in inner if k == 0]
            rates = [c for c, k, _ in inner if k == 1]
            return [(fn("exp", _sum(constant)), 0, _sum(rates))]
    raise NoValue("the expectation of something that is no polynomial times exponentials")


def _sum(parts: list[Term]) -> Term:
    total = parts[0] if parts else num(0)
    for p in parts[1:]:
        total = fn("+", total, p)
    return total


def _multiply(
    left: list[tuple[Term, int, Term | None]], right: list[tuple[Term, int, Term | None]]
) -> list[tuple[Term, int, Term | None]]:
    if len(left) * len(right) > 300:
        raise NoValue("the expectation of a long product")
    out = []
    for c1, k1, r1 in left:
        for c2, k2, r2 in right:
            rate = r1 if r2 is None else r2 if r1 is None else fn("+", r1, r2)
            out.append((fn("*", c1, c2), k1 + k2, rate))
    return out
