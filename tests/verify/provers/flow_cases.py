"""Laws along flows: what is given, the flow, the law. Every law that holds stands near one that does not."""

from __future__ import annotations

from dataclasses import dataclass

from verify.language.claims_file import read_statement
from verify.statement import Statement


@dataclass(frozen=True)
class Case:
    given: tuple[str, ...]
    flow: dict[str, str]
    law: str

    @property
    def statement(self) -> Statement:
        return read_statement(list(self.given), self.law, None, self.flow)

    def __str__(self) -> str:
        return f"{self.law} | {', '.join(self.given)} | {'; '.join(self.flow.values())}"


def layers(count: int, q: str = "q", outside: str = " - a*w{i}", coupled: str = "") -> dict[str, str]:
    """Steepest descent for the product of layers: w_i' = -spow(gradient_i, q - 1) - a w_i."""
    flow = {}
    for i in range(1, count + 1):
        others = "*".join(["g", *(f"w{j}" for j in range(1, count + 1) if j != i)])
        flow[f"w{i}"] = f"-spow({others}{coupled.format(i=i)}, {q} - 1){outside.format(i=i)}"
    return flow


def balance(i: int = 1, j: int = 2, q: str = "q", rate: str = "") -> str:
    return f"ddt(abs(w{i})**{q} - abs(w{j})**{q}) == -{rate or q + '*a'}*(abs(w{i})**{q} - abs(w{j})**{q})"


G = ("g real", "a >= 0")
FIT = "(w1*w2 - y)"  # the loss (w1*w2 - y)^2/2
SIGNS = {"w1": f"-sign({FIT}*w2)", "w2": f"-sign({FIT}*w1)"}
POWERS = {"w1": f"-spow({FIT}*w2, q - 1)", "w2": f"-spow({FIT}*w1, q - 1)"}
REST = {"x": "-sign(x)"}
TURN = {"x": "y", "y": "-x"}
FRICTION = {"x": "v", "v": "-x/m - F*sign(v)/m"}
AROUND = {"x": "sign(y)", "y": "-sign(x)"}
BIASED = {"x": "sign(y) + 1/10", "y": "1 - 2*sign(y)"}

HOLDS = (
    Case((*G, "1 < q <= 2"), layers(2), balance()),
    Case((*G, "1 <= q <= 2"), layers(2), balance()),
    Case(G, layers(2, "1"), balance(q="1")),
    Case((*G, "1 < q <= 2"), layers(3), balance()),
    Case((*G, "1 < q < 2"), layers(4), balance(2, 4)),
    Case((*G, "w3 != 0"), layers(3, "1"), balance(q="1")),
    Case(("y real", "q > 1"), POWERS, "conserved(abs(w1)**q - abs(w2)**q)"),
    Case(("y != 0",), SIGNS, "conserved(abs(w1) - abs(w2))"),
    Case(("y real",), SIGNS, "ddt((w1*w2 - y)**2/2) == -abs((w1*w2 - y)*w2) - abs((w1*w2 - y)*w1)"),
    Case(("y real",), SIGNS, "ddt((w1*w2 - y)**2/2) <= 0"),
    Case(("a >= 0",), {"w1": "-sign(w1*w2**2 - w2) - a*w1", "w2": "-sign(w2*w1**2 - w1) - a*w2"}, balance(q="1")),
    Case((), {"w1": "-w2*(w1*w2 - 1)", "w2": "-w1*(w1*w2 - 1)"}, "conserved(w1**2 - w2**2)"),
    Case((), REST, "ddt(abs(x)) <= 0"),
    Case((), REST, "ddt(x**2) == -2*abs(x)"),
    Case(("x != 0",), REST, "ddt(abs(x)) == -1"),
    Case(("r > 1",), REST, "ddt(abs(x)**r) == -r*abs(x)**(r - 1)"),
    Case((), TURN, "conserved(x**2 + y**2)"),
    Case((), TURN, "ddt(abs(x)) == sign(x)*y"),
    Case((), {"x": "-x"}, "ddt(x**2) == -2*x**2"),
    Case(("x > 0",), {"x": "-x"}, "ddt(log(x)) == -1"),
    Case(("m > 0", "F >= 0"), FRICTION, "ddt(m*v**2/2 + x**2/2) == -F*abs(v)"),
    Case((), AROUND, "conserved(abs(x) + abs(y))"),
    Case((), BIASED, "ddt(2*x + y) == 12/10"),
    Case((), {"x": "-2*sign(x) + sign(y)", "y": "-sign(y)"}, "ddt(abs(x) + abs(y)) <= 0"),
    Case((), {"x": "-sign(x)**2"}, "ddt(x) == -1"),
    Case((), {"x": "-sign(x**2)"}, "ddt(x) == -1"),
    Case((), {"x": "-2 - sign(x)"}, "ddt(x) <= -1"),
    Case(("q > 1",), {"x": "-spow(x, q - 1)"}, "ddt(abs(x)) == -abs(x)**(q - 1)"),
    Case(("lam > 0", "g real"), {"x": "-sqrt(x**2 + lam)*g"}, "ddt(asinh(x/sqrt(lam))) == -g"),
    Case(("x > 0", "y > 0"), {"x": "x*(1 - y)", "y": "y*(x - 1)"}, "conserved(x - log(x) + y - log(y))"),
    Case((), {"x": "-Max(x, 0)"}, "ddt(Max(x, 0)) == -Max(x, 0)"),
    Case(("p > 0",), {"x": "-x"}, "ddt(abs(x)**p) == -p*abs(x)**p"),
    Case(("k integer", "k >= 1"), {"x": "-x**(2*k + 1)"}, "ddt(x**2) <= 0"),
    Case(("x == y",), {"x": "-x", "y": "-y"}, "ddt(x*y) == -2*x**2"),
    Case(("abs(w) < m",), {"m": "-w", "w": "-m"}, "ddt(asinh(2*m*w/(m**2 - w**2))/2) == -1"),
    Case((), {"x": "sign(y - x)", "y": "sign(x - y)"}, "ddt(abs(x - y)) <= 0"),
    Case(("-1 < x < 1",), {"x": "1 - x**2"}, "ddt(atanh(x)) == 1"),
    Case((), REST, "abs(ddt(x)) <= 1"),
    Case(("y real",), {n: f"-diff((w1*w2 - y)**2/2, {n})" for n in ("w1", "w2")}, "conserved(w1**2 - w2**2)"),
)

FAILS = (
    Case((*G, "1 < q <= 2"), layers(2), balance(rate="2*a")),
    Case((*G, "1 < q <= 2"), layers(2, outside=" - 2*a*w{i}"), balance()),
    Case((*G, "1 < q <= 2"), layers(2, outside="", coupled=" + a*w{i}"), balance()),
    Case(G, layers(3, "1"), balance(q="1")),
    Case(G, layers(3, "1"), balance(1, 3, q="1")),
    Case((*G, "1 <= q <= 2"), layers(3), balance()),
    Case(G, layers(4, "1"), balance(q="1")),
    Case(("y real",), SIGNS, "conserved(abs(w1) - abs(w2))"),
    Case(("y real",), SIGNS, "ddt((w1*w2 - y)**2/2) < 0"),
    Case(("a > 0",), {"w1": f"-sign({FIT}*w2 + a*w1)".replace("y", "1"), "w2": "-sign((w1*w2 - 1)*w1 + a*w2)"},
         balance(q="1")),
    Case((), {"w1": "-w2*(w1*w2 - 1)", "w2": "-w1*(w1*w2 - 1)"}, "conserved(w1**2 + w2**2)"),
    Case((), REST, "conserved(x)"),
    Case((), REST, "ddt(abs(x)) == -1"),
    Case((), REST, "ddt(abs(x)) < 0"),
    Case((), TURN, "conserved(x**2 + 2*y**2)"),
    Case((), TURN, "ddt(abs(x)) == y"),
    Case((), TURN, "ddt(x**2 + y**2) < 0"),
    Case((), {"x": "-x"}, "ddt(x**2) == -x**2"),
    Case((), {"x": "-x"}, "conserved(log(x))"),
    Case((), {"x": "-x"}, "ddt(log(abs(x))) == -1"),
    Case(("m > 0", "F > 0"), FRICTION, "ddt(m*v**2/2 + x**2/2) == -2*F*abs(v)"),
    Case((), AROUND, "conserved(abs(x) - abs(y))"),
    Case((), BIASED, "ddt(x) == sign(y) + 1/10"),
    Case((), {"x": "-sign(x)**2"}, "ddt(x) == -sign(x)**2/2"),
    Case(("lam > 0", "g real"), {"x": "-sqrt(x**2 + lam)*g"}, "ddt(asinh(x/lam)) == -g"),
    Case(("x > 0", "y > 0"), {"x": "x*(1 - y)", "y": "y*(x - 1)"}, "conserved(x - log(x) + y - log(y)/2)"),
    Case((), {"x": "-Max(x, 0)"}, "ddt(abs(x)) == -abs(x)"),
    Case(("p > 0",), {"x": "-x"}, "ddt(abs(x)**p) == -abs(x)**p"),
    Case(("x == y",), {"x": "-x", "y": "-y"}, "ddt(x*y) == -x**2"),
    Case(("x**2 + y**2 == 1",), TURN, "conserved(x)"),
    Case((), {"x": "sign(y - x)", "y": "sign(x - y)"}, "ddt(abs(x - y)) == -2"),
    Case(("-1 < x < 1",), {"x": "1 - x**2"}, "ddt(atanh(x)) == 1 - x"),
    Case((), REST, "abs(ddt(x)) < 1"),
    Case((), REST, "1/2 >= abs(ddt(x))"),
)  # fmt: skip

# Laws that must not come out as ``holds``; that they are refuted is not asked.
NEVER_HOLD = (
    Case((), {"x": "1"}, "conserved(sign(x))"),
    Case((), {"x": "1"}, "ddt(log(abs(x))) == 1/x"),
    Case(("r > 0",), REST, "ddt(abs(x)**r) == -r*abs(x)**(r - 1)"),
    Case((), {"x": "-abs(sign(x)*y)", "y": "0"}, "ddt(abs(x)) == -sign(x)*abs(y)"),
    Case((), {"x": "-abs(sign(x))"}, "ddt(x) == -abs(sign(x))"),
    Case((), {"x": "-sign(x + sign(y))", "y": "-sign(y)"}, "ddt(abs(x)) <= 0"),
    Case(("p > 0",), {"x": "1 - y", "y": "-y"}, "ddt(abs(x)**p) == p*spow(x, p - 1)*(1 - y)"),
    Case(("k integer", "k >= 1"), {"x": "-x**k"}, "ddt(x**2) <= 0"),
    Case(("x == 1",), {"x": "-x"}, "ddt(x) == -2"),
    Case((), {"x": "y", "y": "1"}, "ddt(abs(x)) == diff(abs(x), x)*y"),
    Case((), REST, "abs(ddt(x)) == 1"),
    Case(("q >= 1",), {"x": "-spow(x, q - 1)"}, "ddt(abs(x)) == -abs(x)**(q - 1)"),
    Case(("q > 0",), {"x": "-spow(x, q - 1)"}, "ddt(abs(x)) == -abs(x)**(q - 1)"),
)
