"""Recipes for mirror descent: map, smoothing, rate of each layer, balance, decay, time."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from theory.alignment import Alignment, number
from theory.horizon import Horizon
from theory.potentials import MirrorPotential
from theory.recipes import Recipe, sigma
from verify.language.parse import parse_formula
from verify.potential.bench import Bench
from verify.potential.telling import answered
from verify.recipe.answers import Recommendation
from verify.recipe.ledger import Ledger, Support
from verify.recipe.maps import Map, mean
from verify.recipe.setting import Layer, Setting
from verify.recipe.steepest import power_of
from verify.reparam.answers import Answer

x = sympy.Symbol("x", real=True)
lam = sympy.Symbol("lam", positive=True)
ASKED = {
    "sparse": ("degree", "bias", "within", "mirror-mup"), "dense": ("degree", "bias", "within", "mirror-mup"),
    "escape": ("coercivity", "mirror-mup"), "margin": ("degree", "bias", "within", "mirror-mup", "rate"),
}  # fmt: skip
DIRECTION = "of KKT points of the margin problem: a homogeneous network, separable data, the flow, no decay"


class Mirror:
    """The recommendations for a mirror map."""

    def __init__(self, setting: Setting, ledger: Ledger, chosen: Map, seconds: float) -> None:
        self.it, self.ledger, self.map, self.seconds = setting, ledger, chosen, seconds
        self.answers: dict[str, Answer] = {}
        self.line, self.interval = True, "(-oo, oo)"
        if chosen.kind == "own":
            self._examine()

    def on(self, *claims: str) -> tuple[Support, ...]:
        return tuple(self.ledger.support(c) for c in claims)

    def _examine(self) -> None:
        from verify.potential.analysis import examine

        report = examine(self.map.subject.request, self.seconds, ASKED[self.it.aim])
        self.answers = {a.id: a for a in report}
        self.line, self.interval = report.subject.interval.whole, report.subject.interval.text

    def worked(self, *ids: str) -> tuple[Answer, ...]:
        return tuple(self.answers[i] for i in ids if i in self.answers)

    # what the map is

    @property
    def p(self) -> sympy.Rational:
        """The power of a smoothed power."""
        assert self.map.p is not None
        return sympy.Rational(self.map.p.numerator, self.map.p.denominator)

    @property
    def potential(self) -> MirrorPotential:
        if self.map.kind == "entropy":
            return MirrorPotential(x * sympy.asinh(x / sympy.sqrt(lam)) - sympy.sqrt(x**2 + lam), x)
        if self.map.kind == "square":
            return MirrorPotential(x**2 / 2, x)
        return MirrorPotential(sympy.Abs(x) ** self.p / self.p + lam * x**2 / 2, x)

    @property
    def degree(self) -> Fraction | None:
        """alpha as a number; None where it is not known to be one."""
        if self.map.kind != "own":
            value = sympy.nsimplify(Horizon(self.potential).degree)
            return Fraction(int(value.p), int(value.q)) if value.is_Rational else None
        found = self.answers.get("degree")
        told = found.values.get("alpha") if found is not None and found.verdict == "holds" else None
        try:
            return None if told is None else Fraction(str(told))
        except ValueError:
            return None

    def bias(self) -> str:
        """sparse, dense, neither, or empty where it is not known."""
        if self.map.kind == "own":
            found = self.answers.get("bias")
            return str(found.values.get("bias", "")) if found is not None and found.verdict == "holds" else ""
        alpha = self.degree
        if alpha is None:
            return ""
        return "neither" if alpha == 2 else "sparse" if alpha < 2 else "dense"

    def all(self) -> list[Recommendation]:
        aim = self.it.aim
        out = [self.choice()]
        if aim != "escape":
            out += self.smoothing()
        else:
            out += self.escape()
        out += self.rates()
        out += self.depth()
        if aim in ("sparse", "dense", "margin"):
            out += self.time()
        return [*out, *self.balance(), *self.decay()]

    def choice(self) -> Recommendation:
        """Whether the map serves the aim, and which does."""
        bias, aim, alpha = self.bias(), self.it.aim, self.degree
        supports = self.on("mf-thm-4.9-opt", "mf-thm-4.9-sparse-dense")
        worked = self.worked("degree", "bias")
        if aim in ("escape", "margin"):
            said = {"": "its bias is open"}.get(bias, f"far out it is {bias}, alpha = {alpha}")
            return Recommendation("map", self.map.named, said, supports, worked, values={"bias": bias})
        if bias == aim:
            few = "few" if bias == "sparse" else "many"
            return Recommendation(
                "map", self.map.named, f"alpha = {self._alpha()}: the cost of n equal neurons, n**(1 - alpha/2), "
                f"favours {few} of them", supports, worked, warnings=(DIRECTION,), values={"bias": bias})  # fmt: skip
        other = "the hyperbolic entropy (alpha = 1)" if aim == "sparse" else "a smoothed power with p > 2, as 'power 3'"
        why = f"this map is {bias}: alpha = {self._alpha()}" if bias else "the bias of this map is open"
        return Recommendation("map", f"another map: {other}", why, supports, worked, open=True,
                              values={"bias": bias})  # fmt: skip

    def _alpha(self) -> str:
        found = self.answers.get("degree")
        told = found.values.get("alpha", "open") if found is not None else "open"
        return str(told if self.degree is None else self.degree)

    # smoothing

    def smoothing(self) -> list[Recommendation]:
        if self.map.kind == "square" or self.map.p == 2:
            return [Recommendation("lambda", "none is needed", "(2 Q)**(1/2) is the horizon itself",
                                   self.on("mf-tab10-gd"))]  # fmt: skip
        if self.map.kind == "own":
            return self._own_smoothing()
        n = sympy.Symbol("n", positive=True)
        entropy = self.map.kind == "entropy"
        value = 1 / n**2 if entropy else 1 / (self.p * n)
        offset = self.alignment.offset.subs({number: n}).subs({lam: value})
        supports = self.on("mf-lambda-suggest-hyp", "mf-tab10-hyp-margin") if entropy else self.on(
            "mf-lambda-suggest-hom", "mf-tab10-lp-margin", "mf-tab10-lp-margin.mup-entry")  # fmt: skip
        text = f"{value}, n the number of weights"
        values = {"formula": str(value), "offset": str(sympy.simplify(offset))}
        if self.it.weights:
            found = float(value.subs(n, self.it.weights))
            text += f": {found:.6g} for n = {self.it.weights}"
            values |= {"n": str(self.it.weights), "number": repr(found)}
        why = f"(alpha Q)**(1/alpha) is off the horizon by the offset {values['offset']}, whatever the width"
        return [Recommendation("lambda", text, why, supports, values=values)]

    @property
    def alignment(self) -> Alignment:
        if self.map.kind == "entropy":
            return Alignment(self.potential, sympy.Integer(0), sympy.sqrt(lam))
        p = self.p
        return Alignment(self.potential, p * lam / (2 * (p - 1)), p * lam / 2)

    def _own_smoothing(self) -> list[Recommendation]:
        near = [a for id, a in self.answers.items() if id.startswith("within-10%")]
        if not near or any(a.verdict != "holds" for a in near):
            return [Recommendation("lambda", "no size is known from which the horizon is near", "",
                                   worked=(*self.worked("degree"), *near), open=True)]  # fmt: skip
        told = "; ".join(a.answer.split("; ")[0] for a in near)
        return [Recommendation("lambda", "parameters so small that most weights pass the size told here", told,
                               worked=tuple(near))]  # fmt: skip

    # rates

    def rates(self) -> list[Recommendation]:
        """Of each layer: the rate of gradient descent over the mean of 1/R'' at the start."""
        supports: tuple[Support, ...] = ()
        smoothing = self._smoothing_number()
        if self.map.kind == "entropy":
            supports = self.on("mf-tab10-hyp-mup", "mf-tab10-hyp-mup.averages", "mf-J4-criterion", "mf-J3-similar")
        elif self.map.kind == "power" and self.map.p != 2:
            supports = self.on("mf-tab10-lp-mup", "mf-tab10-lp-mup.margin-entry", "mf-J4-criterion",
                               "mf-J3-similar.hom")  # fmt: skip
        elif self.map.kind != "own":
            supports = self.on("mf-tab10-gd", "mf-J4-criterion")
        else:
            supports = self.on("mf-J4-criterion")
        worked = self.worked("mirror-mup")
        if self.map.kind == "own" and not self.line:
            return [Recommendation("rate", "none: weights of both signs are not all inside dom R",
                                   f"dom R = {self.interval}", supports, open=True)]  # fmt: skip
        general = Recommendation("rate", self._general_rate(), "the first step stays as large as that of gradient "
                                 "descent at rate 1 (mirror-muP)", supports, worked, values=self._orders())  # fmt: skip
        layers = self._layers()
        if not layers or smoothing is None or any(n not in ("lam",) for n, _ in self.map.subject.parameters):
            return [general]
        return [general, *(self._rate_of(layer, smoothing) for layer in layers)]

    def _general_rate(self) -> str:
        if self.map.kind == "square" or self.map.p == 2:
            return "1, in every layer"
        if self.it.aim == "escape" and self.map.smooth:
            return "1, in every layer, with lambda = 1"
        if self.map.kind == "entropy":
            return "1/sigma, sigma the size of the initial weights of the layer: sqrt(fan-in/2)"
        if self.map.kind == "power":
            return f"of the order of the larger of lambda and {power_of('sigma', (self.map.p or 2) - Fraction(2))}"
        return self.answers["mirror-mup"].answer if "mirror-mup" in self.answers else "1/E[1/R''(sigma z)]"

    def _orders(self) -> dict[str, Any]:
        """What the derivation says of the rates and smoothings of Table 10's form."""
        if self.map.kind != "entropy" or self.it.aim == "escape":
            return {}
        s = sympy.Symbol("lam", nonnegative=True)
        found = Recipe(sympy.sqrt(x**2 + s), x, s, 1 / sigma, sigma**4)
        offset = sympy.Symbol("n", positive=True) * sympy.sqrt(s)
        return {"keeps_update": found.keeps_update, "reaches_margin": found.reaches_margin(offset)}

    def _smoothing_number(self) -> float | None:
        if self.map.kind in ("square", "own"):
            return 1.0
        if self.it.aim == "escape":
            return 1.0
        n = self.it.weights
        if not n:
            return None
        return 1 / n**2 if self.map.kind == "entropy" else 1 / (float(self.map.p or 1) * n)

    def _layers(self) -> tuple[Layer, ...]:
        if self.it.layers or self.it.sigma is None:
            return self.it.layers
        return (Layer("any layer", 0, 0, float(self.it.sigma)),) if not self.map.smooth else ()

    def _rate_of(self, layer: Layer, smoothing: float) -> Recommendation:
        found = mean(self.map.speed(smoothing), layer.sigma) if layer.sigma > 0 else None
        start = f"sigma = {layer.sigma:.6g}"
        if found is None or not found > 0:
            return Recommendation("rate", "none: the mean of 1/R'' over the initial weights is not finite and positive",
                                  start, self.on("mf-J4-criterion"), layer=layer.name, open=True)  # fmt: skip
        rate = 1 / found
        values = {"rate": rate, "sigma": layer.sigma, "fan_in": layer.fan_in, "weights": layer.weights,
                  "lambda": smoothing if self.map.smooth else None}  # fmt: skip
        why = f"1/E[1/R''(sigma z)], {start}" + (", measured" if layer.measured else "")
        return Recommendation("rate", f"{rate:.6g} times the rate of gradient descent", why, self.on("mf-J4-criterion"),
                              layer=layer.name, values=values)  # fmt: skip

    # time, balance, decay, escape

    def time(self) -> list[Recommendation]:
        alpha = self.degree
        L = len(self.it.layers) or sympy.Symbol("L", positive=True)
        if self.map.smooth and self.map.p != 2 and alpha is not None:
            a = self.alignment.offset.subs({number: sympy.Symbol("n", positive=True)})
            claims = ("mf-cor-H3", "mf-lem-4.10-hyp.exponent", "mf-exp-time") if self.map.kind == "entropy" else (
                "mf-cor-H4", "mf-lem-4.10-hom", "mf-exp-time")  # fmt: skip
            loss = "mf-thm-4.6-loss-le2" if alpha <= 2 else "mf-thm-4.6-loss-gt2"
            value = f"train until log t is well above ({a})**{L}; with the lambda above that is of order one"
            why = "(alpha Q)**(1/alpha) grows like (log t)**(1/L) and must outgrow the offset; the loss is of the order"
            order = f"1/(t*log(t)**(2 - {alpha if alpha.denominator == 1 else f'({alpha})'}/L))"
            return [Recommendation("time", value, f"{why} {order}", self.on(*claims, loss))]
        if self.map.kind == "own" and "rate" in self.answers:
            value = "log t well above phi**L at the size told under lambda"
            return [Recommendation("time", value, "", worked=self.worked("rate"))]
        return []

    def depth(self) -> list[Recommendation]:
        """Fewer layers are faster, to the margin and from the saddle."""
        given = f"L = {len(self.it.layers)} as given; " if self.it.layers else ""
        value = f"{given}as few layers as fit the data"
        if self.it.aim == "escape":
            why = "near 0, where 1/R'' has a limit, r' = k*r**(L - 1): from eps the time is log(1/eps) at L = 2, " \
                "of the order eps**(2 - L) beyond"
            return [Recommendation("depth", value, why, self.on("fig2-ode"))]
        alpha = self.degree
        if alpha is None:
            return []
        loss = "mf-thm-4.6-loss-le2" if alpha <= 2 else "mf-thm-4.6-loss-gt2"
        why = "(alpha Q)**(1/alpha) grows like (log t)**(1/L): log t must pass the L-th power of what is to be outgrown"
        return [Recommendation("depth", value, why, self.on(loss), self.worked("rate"))]

    def balance(self) -> list[Recommendation]:
        supports = self.on("mf-lem-3.1", "mf-G5-limit")
        told, values = "", {}
        smoothing = self._smoothing_number()
        plain = all(n == "lam" for n, _ in self.map.subject.parameters)
        if self.it.layers and smoothing is not None and plain:
            D = self.map.dual(smoothing)
            found = [mean(D, layer.sigma) if layer.sigma > 0 else None for layer in self.it.layers]
            sizes = [None if v is None else v * layer.weights for v, layer in zip(found, self.it.layers, strict=True)]
            told = ": " + ", ".join(f"{layer.name} {'?' if v is None else f'{v:.6g}'}"
                                    for v, layer in zip(sizes, self.it.layers, strict=True))  # fmt: skip
            values = {"Q": {layer.name: v for v, layer in zip(sizes, self.it.layers, strict=True)}}
        return [Recommendation("balance", "the same Q in every layer at the start, Q the sum of x R' - R" + told,
                               "differences of Q between layers stay for ever; their share vanishes as Q grows",
                               supports, warnings=("layers joined by activations of degree one, no biases after the "
                                                   "first layer, no decay",),
                               values=values)]  # fmt: skip

    def decay(self) -> list[Recommendation]:
        kind = self.it.decay
        if kind == "none":
            return []
        bench = Bench(self.map.subject, self.seconds)
        R, name = repr(self.map.subject.R), "x"
        names = [name, *(n for n, _ in self.map.subject.parameters)]
        what = f"({R})"
        text = "diff(x**2/2, x) == x"
        if kind == "decoupled":
            text = f"diff(x*diff({what}, x) - {what}, x) == x*diff({what}, x, 2)"
        domain = bench.subject.line.assuming(*bench.subject.interval.bounds(name))
        found = bench.judge(parse_formula(text, names), domain)
        if found.fails:  # at a kink R'' has no value
            found = bench.judge(parse_formula(f"implies(x != 0, {text})", names), domain)
        if kind == "decoupled":
            value = "it acts as the penalty D = x R' - R of the map"
            alpha = self._alpha()
            why = f"x' = -(1/R'') f' - a x is (R')' = -f' - a x R'', and D' = x R''; far out D is of the degree {alpha}"
        else:
            value = "it acts as the penalty x**2/2 whatever the map: of degree 2, it favours no sparsity"
            why = "(R')' = -(f' + a x)"
        answer = answered("decay", text, "proved for this map", found)
        return [Recommendation("decay", value, why, self.on("d415-def"), (answer,),
                               warnings=("the theorems on margins are without decay",))]  # fmt: skip

    def escape(self) -> list[Recommendation]:
        if self.map.kind == "entropy":
            return [Recommendation("lambda", "1 (with the rate 1): 1/R'' is at least sqrt(lambda) everywhere",
                                   "the smaller lambda, the slower the start from 0: its speed there is sqrt(lambda)",
                                   self.on("mf-tab10-hyp-mup", "mf-ex-J1", "t42-int-bound.pointwise"),
                                   warnings=("this lambda does not reach the margin: the offset is n",
                                             *self._not_both()))]  # fmt: skip
        if self.map.kind == "power" and self.map.p != 2:
            return [Recommendation("lambda", "1 (with the rate 1): the speed 1/R'' is greatest at 0, 1/lambda",
                                   "1/R'' falls as weights grow: the map is no help far out, and not coercive",
                                   self.on("mf-tab10-lp-mup"), warnings=self._not_both())]  # fmt: skip
        if self.map.kind == "own":
            found = self.worked("coercivity")
            return [Recommendation("lambda", "parameters that make the constant of coercivity large",
                                   found[0].answer if found else "", worked=found,
                                   open=not found or found[0].verdict != "holds")]  # fmt: skip
        return [Recommendation("lambda", "none is needed", "1/R'' = 1 everywhere", self.on("mf-tab10-gd"))]

    def _not_both(self) -> tuple[str, ...]:
        s = self.ledger.support("mf2-J4-decoupled")
        return (f"a full first step and a margin within reach are different aims ({s.claim}: {s.verdict})",)
