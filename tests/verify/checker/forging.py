"""Certificates of every kind, false statements near the true ones, and ways of tampering with plain data."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

from verify.language.claims_file import read_statement
from verify.provers.budget import Budget
from verify.statement import Statement

Data = Any
SPIRAL = (("x", "y"), ("y", "-x"))


@dataclass(frozen=True)
class Kind:
    """What a prover finds of ``told`` (that it holds, or that it fails), and a statement of which it is not so."""

    kind: str
    prover: str
    given: str
    told: str
    otherwise: str
    flow: tuple[tuple[str, str], ...] = ()
    result: str = "holds"

    def stated(self, claim: str) -> Statement:
        return read_statement([g.strip() for g in self.given.split(";") if g.strip()], claim, None, dict(self.flow))

    @property
    def target(self) -> Statement:
        return self.stated(self.otherwise)

    def __str__(self) -> str:
        return f"{self.kind}: {self.otherwise}"


PROVED = (
    Kind("cells", "exact", "x real", "sqrt(x**2) == abs(x)", "sqrt(x**2) == x"),
    Kind("cells", "exact", "x != 0; y real", "x*y/x == y", "x*y/y == x"),
    Kind("powers", "powers", "lam > 1; L > 1; p > q; q > 0", "lam**(p*(L - 1)) > lam**(q*(L - 1))",
         "lam**(q*(L - 1)) > lam**(p*(L - 1))"),
    Kind("numbers", "numbers", "", "pi**2 < 10", "pi**2 < 9"),
    Kind("induction", "induction", "n >= 1 integer", "Sum(k**2, (k, 1, n)) == n*(n + 1)*(2*n + 1)/6",
         "Sum(k**2, (k, 1, n)) == n*(n + 1)*(2*n + 1)/6 + (n - 1)*(n - 2)"),
    Kind("induction", "induction", "", "Sum(1/(k*(k + 1)), (k, 1, oo)) == 1", "Sum(1/(k*(k + 1)), (k, 1, oo)) == 2"),
    Kind("induction", "induction", "-1 < r < 1", "Sum(r**i, (i, 1, oo)) == r/(1 - r)",
         "Sum(r**i, (i, 1, oo)) == r/(1 + r)"),
    Kind("induction", "induction", "", "Sum((-1)**i/(2*i + 1), (i, 0, oo)) == pi/4",
         "Sum((-1)**i/(2*i + 1), (i, 0, oo)) == pi/5"),
    Kind("induction", "induction", "n >= 1 integer", "Sum(i**3, (i, 1, n)) == Sum(i, (i, 1, n))**2",
         "Sum(i**3, (i, 1, n)) == Sum(i, (i, 1, n))**2 + (n - 1)*(n - 2)"),
    Kind("induction", "induction", "n >= 1 integer", "Sum(2*k, (k, 0, n - 1)) == n*(n - 1)",
         "Sum(2*k, (k, 0, n - 1)) == n*(n - 1) + (n - 1)*(n - 2)"),
    Kind("parts", "parted", "x > 0; y > 0; x != y", "x*log(x/y) - x + y > 0", "x*log(x/y) - x + y > (x - y)**2/4"),
    Kind("parts", "parted", "x real; lam >= 0", "convex(sqrt(x**2 + lam), x)", "strictly_convex(sqrt(x**2 + lam), x)"),
    Kind("witness", "witnesses", "a != 0; b real", "exists(x, a*x + b == 0)", "exists(x, a*x**2 + b == 0)"),
    Kind("witness", "witnesses", "x real", "exists(y, y**3 == x)", "exists(y, y**2 == x)"),
    Kind("witness", "witnesses", "x > 0", "exists(y, y > 0 and exp(-y) < x + 1)",
         "exists(y, y > 0 and exp(y) < x + 1/2)"),
    Kind("antiderivative", "integrals", "0 < a < 1", "integrate(x**a, (x, 0, 1)) == 1/(a + 1)",
         "integrate(x**a, (x, 0, 1)) == 1/(2*a + 1)"),
    Kind("antiderivative", "integrals", "b >= 0", "integrate(1/(1 + t**2), (t, 0, b)) == atan(b)",
         "integrate(1/(1 + t**2), (t, 0, b)) > 0"),
    Kind("antiderivative", "integrals", "x > 0", "diff(integrate(1/t, (t, 1, x)), x) == 1/x",
         "diff(integrate(1/t, (t, 1, x)), x) == x"),
    Kind("antiderivative", "integrals", "0 <= t <= 1", "integrate(abs(x - t), (x, 0, 1)) == t**2/2 + (1 - t)**2/2",
         "integrate(abs(x - t), (x, 0, 1)) == t**2/2 - (1 - t)**2/2"),
    Kind("antiderivative", "integrals", "a real", "expect(sign(z + a), z) == erf(a/sqrt(2))",
         "expect(sign(z + a), z) == erf(a)"),
    Kind("squares", "squares", "x real; y real", "x**2 + y**2 >= 2*x*y", "x**2 + y**2 > 2*x*y"),
    Kind("sturm", "squares", "x real", "x**4 - 2*x**2 + 1 >= 0", "x**4 - 2*x**2 + 1 > 0"),
    Kind("boxes", "enclosure", "0 <= x <= 1", "exp(x) < 3", "exp(x) < 2"),
    Kind("calculus", "univariate", "x > 0", "x - 1 >= log(x)", "x - 1 > log(x)"),
    Kind("calculus", "univariate", "x > 1", "1/x > log(x + 1) - log(x)", "1/x < log(x + 1) - log(x)"),
    Kind("solvers", "solvers", "x real; y real", "abs(x + y) <= abs(x) + abs(y)", "abs(x + y) < abs(x) + abs(y)"),
    Kind("anchored", "anchored", "x > 0", "x*log(x) >= x - 1", "x*log(x) > x - 1"),
    Kind("constancy", "constancy", "x > 0", "atan(x) + atan(1/x) == pi/2", "atan(x) + atan(1/x) == pi/3"),
    Kind("leading terms", "asymptotics", "p > 1", "limit((1 + x)**p, x, 0) == 1", "limit((1 + x)**p, x, 0) == p"),
    Kind("leading terms", "asymptotics", "L > 2", "bigo(x**2, x**L, x, oo)", "bigo(x**L, x**2, x, oo)"),
    Kind("shape", "shape", "x real", "convex(x**4 + x, x)", "convex(x**4 - x**2, x)"),
    Kind("shape", "shape", "x real", "increasing(x**3, x)", "strictly_increasing(x**3 - x, x)"),
    Kind("legendre", "legendre", "x real", "legendre(cosh(x), x)", "legendre(x**4 - x**2, x)"),
    Kind("logarithm", "logarithm", "0 < x < 1; n >= 1 integer", "(1 - x)**n < exp(-n*x)", "(1 - x)**n > exp(-n*x)"),
    Kind("norms", "norms", "a real; b real; p >= 2", "(abs(a)**p + abs(b)**p)**(1/p) <= sqrt(a**2 + b**2)",
         "(abs(a)**p + abs(b)**p)**(1/p) <= sqrt(a**2 + b**2)/2"),
    Kind("norms", "norms", "a real; b real; p >= 1", "abs(a - b)**p <= 2**(p - 1)*(abs(a)**p + abs(b)**p)",
         "abs(a - b)**p >= 2**(1 - p)*(abs(a)**p + abs(b)**p)"),
    Kind("norms", "norms", "0 <= u <= 1; s >= 1", "u**s + (1 - u)**s <= 1", "u**s + (1 - u)**s < 1"),
    Kind("norms", "norms", "a >= 0; b >= 0; p >= 1", "a + b <= 2**(1 - 1/p)*(a**p + b**p)**(1/p)",
         "a + b <= 2**(1/2 - 1/p)*(a**p + b**p)**(1/p)"),
    Kind("crossing", "crossings", "", "exists(x, cos(x) == x)", "exists(x, exp(x) == x)"),
    Kind("crossing", "crossings", "abs(b) >= 2", "exists(x, x**2 + b*x + 1 == 0)", "exists(x, x**2 + x + b**2 == 0)"),
    Kind("crossing", "crossings", "x real; a > 0", "exists(y, spow(y, 2) + a*y == x)", "exists(y, y**2 + a*y == x)"),
    Kind("crossing", "crossings", "b >= 0", "exists(t, t >= 0 and t**3 + t == b)",
         "exists(t, t > 0 and t**3 + t == b)"),
    Kind("crossing", "crossings", "a > 0", "exists(x, x > 0 and x*exp(x) == a)",
         "exists(x, x > 0 and x*exp(x) == -a)"),
    Kind("elimination", "eliminated", "a > 0; b > 0; p > 1; 1/p + 1/q == 1", "a*b <= a**p/p + b**q/q",
         "a*b < a**p/p + b**q/q"),
    Kind("cases", "casewise", "x real; y real; 0 < p <= 1", "abs(x + y)**p <= abs(x)**p + abs(y)**p",
         "abs(x + y)**p < abs(x)**p + abs(y)**p"),
    Kind("cases", "casewise", "x real; lam > 0", "abs(asinh(x/lam)) <= abs(x)/lam",
         "abs(asinh(x/lam)) <= 9/10*abs(x)/lam"),
    Kind("denial", "denials", "x real; lam > 0", "not bregman(sqrt(lam + x**2), x)",
         "not bregman(x**4 + lam*x**2, x)"),
    Kind("denial", "denials", "x real; 0 < p < 1", "not convex(abs(x)**p, x)", "not convex(abs(x)**(p + 1), x)"),
    Kind("flow", "flows", "", "conserved(x**2 + y**2)", "conserved(x**2 + 2*y**2)", SPIRAL),
    Kind("flow", "flows", "", "ddt(abs(x)) == sign(x)*y", "ddt(abs(x)) == y", SPIRAL),
)  # fmt: skip
REFUTED = (
    Kind("named point", "special", "x real", "(x**2 - 2)**2 > 0", "(x**2 + 2)**2 > 0", (), "fails"),
    Kind("named point", "special", "x real", "tan(x)*cos(x) == sin(x)", "cos(x)**2 == 1 - sin(x)**2", (), "fails"),
    Kind("no witness", "witnesses", "x real", "exists(y, y**2 < 0)", "exists(y, y**3 < 0)", (), "fails"),
    Kind("no witness", "witnesses", "y real", "exists(x, sqrt(x) == y)", "exists(x, sqrt(x) == y**2)", (), "fails"),
    Kind("no witness", "witnesses", "x real", "exists(y, exp(y) == x)", "exists(y, exp(y) > x)", (), "fails"),
    Kind("antiderivative", "integrals", "0 < a < 1", "integrate(x**a, (x, 0, 1)) == 1/(a + 2)",
         "integrate(x**a, (x, 0, 1)) == 1/(a + 1)", (), "fails"),
    Kind("divergence", "divergence", "", "integrate(1/x, (x, 1, oo)) == 3", "integrate(1/x**2, (x, 1, oo)) == 1", (),
         "fails"),
    Kind("divergence", "divergence", "", "Sum(1/k, (k, 1, oo)) == 5", "Sum(1/2**k, (k, 1, oo)) == 1", (), "fails"),
    Kind("denial", "denials", "x real; 0 < p <= 2", "not bregman(abs(x)**p, x)", "not bregman(-abs(x)**p, x)", (),
         "fails"),
    Kind("induction", "induction", "", "Sum((-1)**(i + 1)/i, (i, 1, oo)) == 693/1000",
         "Sum((-1)**(i + 1)/i, (i, 1, oo)) == log(2)", (), "fails"),
    Kind("kink", "exact", "x real", "diff(abs(x), x) == sign(x)", "diff(x*abs(x), x) == 2*abs(x)", (), "fails"),
    Kind("leading terms", "asymptotics", "", "limit(sin(x)/x, x, 0) == 2", "limit(sin(x)/x, x, 0) == 1", (), "fails"),
    Kind("shape", "shape", "x real", "convex(x**3, x)", "convex(x**4, x)", (), "fails"),
    Kind("legendre", "legendre", "x real", "legendre(x**3, x)", "legendre(cosh(x), x)", (), "fails"),
    Kind("flow", "flows", "", "conserved(x**2 + 2*y**2)", "conserved(x**2 + y**2)", SPIRAL, "fails"),
)  # fmt: skip


@lru_cache(maxsize=256)
def _written(case: Kind) -> str:
    found = import_module(f"verify.provers.{case.prover}").prove(case.stated(case.told), Budget(5))
    assert found.result == case.result, f"{case}: {found.detail}"
    assert found.certificate is not None, f"{case}: no certificate"
    return json.dumps(found.certificate)


def certificate(case: Kind) -> dict[str, Data]:
    """The certificate that the prover records, as it is read back from a file."""
    found: dict[str, Data] = json.loads(_written(case))
    return found


def paths(data: Data, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where there are entries in nested plain data."""
    items = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield (*here, key)
        yield from paths(value, (*here, key))


def at(data: Data, path: tuple[Any, ...]) -> Data:
    for key in path:
        data = data[key]
    return data


PLANTS: tuple[Data, ...] = (
    "0", "1", "-1", "2", "x", "y", "t", "1/x", "log(-1)", "atan(1/t)", "oo", "", "holds", True, False, None, 0, 1, -1,
    64, [], {},
)  # fmt: skip


def forged(original: Data, pool: list[Data], draw: random.Random) -> Data:
    """The data with a few entries deleted, swapped, doubled, or planted from another certificate."""
    data = copy.deepcopy(original)
    for _ in range(draw.choice((1, 1, 2, 3))):
        places = list(paths(data))
        if not places:
            break
        path = draw.choice(places)
        holder, key = at(data, path[:-1]), path[-1]
        way = draw.choice(("delete", "swap", "double", "plant", "graft"))
        if way == "delete":
            del holder[key]
        elif way == "swap":
            other = draw.choice(places)
            first, second = copy.deepcopy(at(data, path)), copy.deepcopy(at(data, other))
            if other[: len(path)] != path and path[: len(other)] != other:
                at(data, other[:-1])[other[-1]] = first
                holder[key] = second
        elif way == "double" and isinstance(holder, list):
            holder.insert(key, copy.deepcopy(holder[key]))
        elif way == "plant":
            holder[key] = copy.deepcopy(draw.choice(PLANTS))
        elif way == "graft":
            from_whom = draw.choice(pool)
            alike = [p for p in paths(from_whom) if type(at(from_whom, p)) is type(holder[key])]
            holder[key] = copy.deepcopy(at(from_whom, draw.choice(alike))) if alike else from_whom
    return data
