"""Recipes for q-steepest descent of products x = w_1 ... w_L, weight by weight: penalty, depth, balance, escape."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import sympy

from theory.conservation_escape import EscapeTime
from theory.regularizers import OnManifoldRegularizer
from verify.language.errors import LanguageError
from verify.recipe.answers import Recommendation
from verify.recipe.ledger import Ledger, Support
from verify.recipe.setting import SIGN_LIKE, Setting
from verify.recipe.start import for_margins, power_of, rate, smoothing

PROXY = "stated for products of scalars, weight by weight: a network of matrices has no such balance in general"


class Steepest:
    """The recommendations for an index q (None: to be recommended) and a decay."""

    def __init__(self, setting: Setting, ledger: Ledger) -> None:
        self.it, self.ledger = setting, ledger
        self.q, self.depth, self.decay = setting.q, setting.depth, setting.decay

    def on(self, *claims: str) -> tuple[Support, ...]:
        return tuple(self.ledger.support(c) for c in claims)

    def all(self) -> list[Recommendation]:
        for_aim: dict[str, Callable[[], list[Recommendation]]] = {
            "sparse": self.sparse, "dense": self.dense, "escape": self.escape, "margin": self.margin,
        }  # fmt: skip
        return [*self.optimizer(), *for_aim[self.it.aim](), *self.beside(), *self.per_layer()]

    def beside(self) -> list[Recommendation]:
        """What the aim leaves to be set: lambda and the rate; for margins depth and balance too."""
        q, aim = self.q, self.it.aim
        if q is None:
            return []
        if aim == "margin":
            return [r for r in for_margins(self.it, q, self.on) if q != 2 or r.id != "rate"]  # at q = 2 it is told
        layers = max(self.chosen(), 2)
        out = [smoothing(self.it, q, layers, self.on)]
        return out if aim == "escape" else [*out, rate(self.it, q, layers, self.on)]

    def chosen(self) -> int:
        """The depth that is fixed, or the one that is recommended."""
        assert self.q is not None
        fixed = self.it.request.depth or (self.depth if self.it.aim == "escape" else 0)
        if fixed or self.it.aim != "sparse" or self.decay == "coupled" or self.q == 1:
            return fixed or 2
        return math.floor(self.q / (self.q - 1))

    def per_layer(self) -> list[Recommendation]:
        """What the sizes of the layers at the start mean."""
        out = []
        for layer in self.it.layers:
            start = f"sigma = {layer.sigma:.6g}" + (", measured" if layer.measured else "")
            values = {"sigma": layer.sigma, "fan_in": layer.fan_in, "weights": layer.weights}
            if self.q == 2:
                square = layer.weights * layer.sigma**2
                out.append(Recommendation(
                    "balance", f"|W|^2 = {square:.6g} at the start; the same in every layer is balance 0",
                    f"{start}; gradient flow keeps the differences of |W|^2 between layers, without decay",
                    self.on("mf-eq2-gf-balance", "h-l2-balance"), layer=layer.name,
                    values=values | {"square": square}))  # fmt: skip
            elif self.q == 1:
                out.append(Recommendation(
                    "rate", f"eta: a step moves a weight by eta, {layer.sigma:.6g}/eta steps by its own size", start,
                    self.on("a-adam-sign"), layer=layer.name, values=values))  # fmt: skip
            elif self.q is not None:
                size = layer.sigma ** float(self.q)
                out.append(Recommendation(
                    "balance", f"sigma**({self.q}) = {size:.6g} at the start; the same in every layer is balance 0",
                    start, self.on("c410-training", "s4-no-matrix-analogue"), warnings=(PROXY,), layer=layer.name,
                    values=values | {"power": size}))  # fmt: skip
        return out

    def optimizer(self) -> list[Recommendation]:
        name = self.it.request.optimizer.lower()
        if name not in SIGN_LIKE:
            return []
        claims = ("a-adam-sign", "a-adamw-sign", "a-labels") if name == "adamw" else ("a-adam-sign", "a-labels")
        return [Recommendation("optimizer", f"{name} is read as sign descent, q = 1",
                               "without memory (beta1 = beta2 = 0, epsilon = 0) its step is the sign of the slope",
                               self.on(*claims),
                               warnings=("with memory it is not sign descent: nothing here is proved of that",
                                         ))]  # fmt: skip

    # what decay makes of the weights

    def power(self, depth: int) -> Fraction:
        """The power of |x| in the penalty: of coupled decay 2/L, else 2 - m with m = q (L-1)/L."""
        assert self.q is not None
        return Fraction(2, depth) if self.decay == "coupled" else 2 - self.q * Fraction(depth - 1, depth)

    def penalty(self, depth: int) -> str:
        p = self.power(depth)
        if self.decay == "coupled":
            return f"{depth}*{power_of('|x|', p)}"
        m = 2 - p
        found = OnManifoldRegularizer(depth, sympy.Rational(m.numerator, m.denominator)).regularizer
        return str(found).replace("Abs(x)", "|x|")

    def behind(self, depth: int) -> tuple[Support, ...]:
        """What says so of the penalty."""
        assert self.q is not None
        if self.decay == "coupled":
            return self.on("spred-global", "spred-local") if depth == 2 else self.on("j-kolb.any-depth")
        if self.decay == "none":
            formula = "l413-mneq1-formula" if self.power(depth) != 1 else "l413-m1-formula"
            return self.on(formula, "intro-larger-m-sparser")
        same = self.on("conv-coupled-q2") if self.q == 2 else ()
        return (*self.on("t416-b" if self.power(depth) == 0 else "t416-a"), *same)

    @property
    def subject(self) -> str:
        return {"coupled": "coupled decay penalizes", "decoupled": "decoupled decay acts on x as the penalty",
                "none": "without decay the potential has the power"}[self.decay]  # fmt: skip

    def told(self, depth: int) -> str:
        if self.decay == "none":
            return f"{self.subject} {power_of('|x|', self.power(depth))}"
        return f"{self.subject} {self.penalty(depth)}"

    def sparse(self) -> list[Recommendation]:
        if self.q is None:
            return [self._decay_free()]
        out = [self._sparse_depth(), *self.balance()]
        if self.decay == "none":
            out.append(Recommendation(
                "decay", "coupled decay with two factors: the penalty is 2*|x| for every q",
                "a penalty holds at every minimum; without decay sparsity hangs on the start alone",
                self.on("spred-global", "spred-local", "tab1-coupled")))  # fmt: skip
        if self.decay == "decoupled" and self.q == 1:
            out.append(Recommendation(
                "decay", "coupled decay with two factors: the penalty is 2*|x| for every q",
                "sign descent with decoupled decay has the power 1 + 1/L > 1 at every depth",
                self.on("tab1-coupled", "s4-depth-needed")))  # fmt: skip
        return out

    def _decay_free(self) -> Recommendation:
        return Recommendation(
            "depth", "L = 2 with coupled decay, for every q", "the penalty is then 2*|x|",
            self.on("spred-global", "spred-local", "tab1-coupled"), values={"depth": 2},
            warnings=("with decoupled decay the depth hangs on q: L = q/(q - 1); give --q or --optimizer",),
        )  # fmt: skip

    def _sparse_depth(self) -> Recommendation:
        q, fixed = self.q, self.it.request.depth
        assert q is not None
        if fixed == 1:
            return Recommendation("depth", "L >= 2: a weight has to be factorized",
                                  "one factor is penalized by its square", self.on("tab1-coupled"), open=True)
        if self.decay == "coupled":
            return self._coupled_depth(fixed or 2)
        if fixed:
            return self._at_depth(fixed)
        if q == 1:
            return Recommendation(
                "depth", "no finite depth gives |x|: the power 1 + 1/L tends to 1 as L grows",
                "q (L-1)/L < 1 at q = 1", (*self.on("ex417-l1.sign-flow", "s4-depth-needed"), *self.behind(2)),
                open=True, values={"power_at_2": str(self.power(2)), "power_at_8": str(self.power(8))})  # fmt: skip
        ideal = q / (q - 1)
        if ideal < 2:
            return self._at_depth(2)
        return self._at_depth(math.floor(ideal))

    def _coupled_depth(self, depth: int) -> Recommendation:
        supports = self.behind(depth)
        warnings = []
        if depth > 2:
            warnings.append("the penalty is not convex: minima besides the best one, instability")
            supports += self.on("tab1-caption", "tab1-coupled")
        why = f"{self.told(depth)}, at every minimum of f(w_1 ... w_{depth}) + |w|^2, for each q"
        return Recommendation(
            "depth", f"L = {depth}", why, supports, warnings=tuple(warnings),
            values={"depth": depth, "power": str(self.power(depth))})  # fmt: skip

    def _at_depth(self, depth: int) -> Recommendation:
        q = self.q
        assert q is not None
        p = self.power(depth)
        ideal = q / (q - 1) if q > 1 else None
        supports = [*self.behind(depth)]
        warnings = []
        if ideal is not None:
            supports += self.on("ex417-l1")
        if p < 1:
            warnings.append(f"the metric exponent {2 - p} exceeds 1: from balance 0 the flow under a steady force is "
                            "infinite after a finite time; raise the depth to no more than q/(q-1)"
                            f"{'' if ideal is None else f' = {ideal}'}")  # fmt: skip
            supports += self.on("s4-gf-unstable", "intro-blowup.any-exponent")
        elif p > 1:
            what = "the bias is not sparse" if p >= 2 else "the bias is weaker than that of |x|"
            deeper = "" if ideal is None else f"; L = {math.ceil(ideal)} has the power {self.power(math.ceil(ideal))}"
            warnings.append(f"the power {p} exceeds 1: {what}{deeper}")
        if self.decay == "decoupled" and p == 1:
            supports += self.on("s4-no-tvmf", "s4-mreg-match")
        why = self.told(depth)
        if p == 1:
            why += ", with the metric exponent 1"
            if self.decay == "decoupled":
                why += ", where alone a time-varying mirror flow exists"
        return Recommendation("depth", f"L = {depth}", why, tuple(supports), warnings=(*warnings, PROXY),
                              values={"depth": depth, "power": str(p), "metric_exponent": str(2 - p)})  # fmt: skip

    def dense(self) -> list[Recommendation]:
        q, depth = self.q, self.it.request.depth or 2
        if q is None:
            return [Recommendation("map", "a mirror map of degree above 2, such as --mirror 'power 3'",
                                   "its horizon favours many neurons", self.on("mf-thm-4.9-sparse-dense"))]  # fmt: skip
        p = self.power(depth)
        supports = self.behind(depth)
        if p > 1:
            value = f"L = {depth}" + ("" if self.it.request.depth else ", the fewest factors")
            return [Recommendation(
                "depth", value, f"{self.told(depth)}, of a power above 1: it spreads rather than selects",
                (*supports, *self.on("intro-larger-m-sparser")), warnings=(PROXY,),
                values={"depth": depth, "power": str(p)}), *self.balance()]  # fmt: skip
        best = 2 - q / 2
        other = " smaller q with decoupled decay: q < 2 at L = 2" if self.decay == "coupled" or best <= 1 else " L = 2"
        return [Recommendation("depth", f"not at L = {depth};{other}", f"{self.told(depth)}, of a power not above 1",
                               supports, open=True, values={"depth": depth, "power": str(p)})]  # fmt: skip

    def balance(self) -> list[Recommendation]:
        """The start and what becomes of its balance |w_i|^q - |w_1|^q."""
        q = self.q
        assert q is not None
        start = "w_1 = 0 and w_2 = ... = w_L = b: the balance is b**q, small b is near balance 0"
        supports = self.on("c410-mu", "s4-lambda-small.any-depth")
        out = [Recommendation("balance", start, "the penalty is that of balance 0; its potential is met as b -> 0",
                              supports, warnings=("b = 0 is a saddle: see the aim escape",))]  # fmt: skip
        law = "l45-q1.any-depth" if q == 1 else "l45-smooth.any-depth"
        if self.decay == "decoupled":
            out.append(Recommendation(
                "decay", f"a decay a(t) whose integral A runs to infinity: the balance is b**q*exp(-q*A), q = {q}",
                f"a share d of the balance is left at A = {1 / q}*log(1/d)",
                self.on(law, "l45-lambda-to-0", "e5-rebalance")))  # fmt: skip
        elif self.decay == "coupled" and q != 2:
            out.append(Recommendation(
                "balance-in-time", "start near balance 0: coupled decay has no such law to mend it",
                "the printed law is of decoupled decay", self.on(law, "l45-coupled")))  # fmt: skip
        elif self.decay == "none":
            out.append(Recommendation("balance-in-time", "start at the balance that is wanted: without decay it stays",
                                      "the flow keeps |w_i|^q - |w_j|^q", self.on("c410-training", law)))  # fmt: skip
        return out

    def escape(self) -> list[Recommendation]:
        L = self.depth or 2
        if L < 2:
            raise LanguageError("one factor or one layer has no saddle at 0 to escape from", None, "depth")
        if self.q is None:
            return [Recommendation(
                "q", f"q < {Fraction(L, L - 1)}, as near to 1 as may be (sign descent, Adam)",
                f"from scale eps the time is then bounded as eps -> 0 at L = {L}",
                self.on("c410-order", "ns2-adamw-exponent", "sec6-escape"))]  # fmt: skip
        return [self._time(L), *self._start(L), *self._pull(L)]

    def _time(self, L: int) -> Recommendation:
        q = self.q
        assert q is not None
        found = EscapeTime(L, sympy.Rational(q.numerator, q.denominator))
        growth = found.growth
        values = {"depth": L, "s": str(found.exponent), "growth": str(growth)}
        at = ""
        if self.it.sigma is not None:
            number = sympy.N(found.at(str(self.it.sigma)), 6)
            values |= {"sigma": str(self.it.sigma), "time": str(number)}
            at = f"; from {self.it.sigma}: {number}"
        supports = self.on("fig2-metric-exponent", "fig2-ode.exponent", "c410-dominates", "sec6-escape")
        critical = Fraction(L, L - 1)
        firm = q < critical
        text = "1 (bounded)" if growth == 1 else str(growth)
        warnings = [] if firm else [f"q >= {critical}: no start is near enough to 0 to leave in bounded time; "
                                    f"q < {critical} does"]  # fmt: skip
        return Recommendation(
            "rate", f"rate * steps of the order {text}, eps the size of the initial weights{at}",
            f"the flow moves at r' = k*r**{found.exponent} along a ray, with a slope of size 1 (k = 1)", supports,
            warnings=(*warnings, "the time of the flow; a large rate is not covered"), values=values)  # fmt: skip

    def _start(self, L: int) -> list[Recommendation]:
        q = self.q
        assert q is not None
        power = q * (L - 1)
        speed = f"{power_of('b', power)}*|f'|**({q - 1})"
        value = f"w_1 = 0 and w_2 = ... = w_L = b: the speed of x at 0 is {speed}"
        supports = self.on("c410-mu", "c49-mu", "c410-order", "c49-uses-t42")
        out = [Recommendation("balance", value, "the coercivity constant of the induced metric", supports,
                              values={"power": str(power)})]  # fmt: skip
        if not self.it.request.depth and not self.it.layers:
            out.append(Recommendation("depth", "L = 2, the fewest factors",
                                      "at b < 1 a further factor makes the flow slower at 0",
                                      self.on("f-depth-bias")))  # fmt: skip
        return out

    def _pull(self, L: int) -> list[Recommendation]:
        q = self.q
        if self.decay == "none" or q is None:
            return []
        decoupled = self.decay == "decoupled" or q == 2
        s = (L - 1) * (q - 1) if decoupled else Fraction(L - 1)
        what = f"along a ray r' = k*{power_of('r', s)} - a*r" if decoupled else (
            f"along a ray the slope is k*{power_of('r', s)} - a*r")  # fmt: skip
        if s > 1:
            value = f"decay a below k*{power_of('eps', s - 1)}: with more the weights return to 0"
        elif s == 1:
            value = "decay a below k, the speed of the ray: with more the weights return to 0"
        else:
            value = "any decay: near 0 the force is greater"
        return [Recommendation("decay", value, what, self.on("r44-notsaddle", "a-labels"), values={"s": str(s)})]

    def margin(self) -> list[Recommendation]:
        q = self.q
        if q is None:
            return [Recommendation("map", "give --q, --optimizer or --mirror: each has a margin of its own", "",
                                   self.on("tB12", "mf-tab10-gd"), open=True)]  # fmt: skip
        out = []
        if q == 1:
            out.append(Recommendation(
                "map", "the margin of sign descent is that of the largest weight, |w|_oo",
                "in x that is max |x|**(2/L), of which the best does not hang on the depth",
                self.on("tB12", "f1-statement", "intro-linf-depth-indep")))  # fmt: skip
        elif q == 2:
            out.append(Recommendation("rate", "1, whatever the width",
                                      "(2 Q)**(1/2) is the horizon itself: the margin in |theta|_2",
                                      self.on("mf-tab10-gd", "mf-lem-3.1-specialise")))  # fmt: skip
        else:
            p = q / (q - 1)
            out.append(Recommendation("map", f"the margin of q = {q} is that of the norm |w|_{p}, 1/p + 1/q = 1",
                                      "the norm of the steepest direction",
                                      self.on("b-steepest-direction.norm", "tB12"),
                                      warnings=("the claim on the limit is checked at q = 1 alone",)))  # fmt: skip
        if self.decay != "none":
            out.append(Recommendation("decay", "none", "the theorems on margins are without decay", self.on("tB12")))
        return out
