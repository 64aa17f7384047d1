"""What is set beside the penalty for q-steepest descent of products x = w_1 ... w_L: lambda, rate, depth for margins.

The start w_1 = 0, w_2 = ... = w_L = b has the balance lambda = b**q and the constant of coercivity lambda**(L - 1).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from verify.recipe.answers import Recommendation
from verify.recipe.ledger import Support
from verify.recipe.setting import Setting

Rests = Callable[..., tuple[Support, ...]]
AT_ALL_Q = "the claim speaks of q = 2"


def power_of(base: str, p: Fraction) -> str:
    """base**p as one would write it."""
    if p == 1:
        return base
    return f"{base}**{p}" if p.denominator == 1 and p >= 0 else f"{base}**({p})"


def smoothing(it: Setting, q: Fraction, layers: int, on: Rests) -> Recommendation:
    """lambda of the start: near 0 for a penalty, as large as may be for the escape."""
    text = f"lambda = {power_of('b', q)}, the balance |w_i|^q - |w_1|^q of the start"
    values: dict[str, object] = {"formula": power_of("b", q), "coercivity": power_of("lambda", Fraction(layers - 1))}
    if it.sigma is not None:
        values["number"] = float(it.sigma) ** float(q)
        text += f": {values['number']:.6g} for b = {it.sigma}"
    if it.aim == "escape":
        why = f"large, since 1/R'' is at least {values['coercivity']} everywhere"
        return Recommendation("lambda", text, why, on("c410-mu", "c49-mu"), values=values)
    why = "small: off x = 0 the metric tends to that of balance 0, on which the penalty rests"
    return Recommendation("lambda", text, why, on("c410-mu", "s4-lambda-small.any-depth"), values=values)


def rate(it: Setting, q: Fraction, layers: int, on: Rests) -> Recommendation:
    """The rate with which x starts as fast as under steepest descent on x itself."""
    power = q * (layers - 1)
    text = f"{power_of('b', -power)} times that of {q}-steepest descent on x itself, at L = {layers}"
    values: dict[str, object] = {"power": str(-power), "depth": layers}
    if it.sigma is not None:
        values["number"] = float(it.sigma) ** -float(power)
        text += f": {values['number']:.6g} for b = {it.sigma}"
    why = f"from w_1 = 0 x starts at the speed {power_of('b', power)}*|f'|**(q - 1), its least at that balance"
    return Recommendation("rate", text, why, on("c410-mu", "c49-mu"), values=values,
                          warnings=("far out the speed is greater: lower the rate there",))  # fmt: skip


def for_margins(it: Setting, q: Fraction, on: Rests) -> list[Recommendation]:
    """lambda, rate, depth and balance where the margin is the aim."""
    out = [Recommendation("lambda", "none: a norm is its own horizon", "what is homogeneous needs no smoothing",
                          on("mf-tab10-gd") if q == 2 else on("b-steepest-direction.norm"))]  # fmt: skip
    if q == 1:
        out.append(Recommendation("rate", "eta throughout: the size of a step does not hang on the slope",
                                  "the step is eta times a sign", on("a-adam-sign")))  # fmt: skip
    else:
        power = power_of("loss", q - 1)
        out.append(Recommendation("rate", f"raised as the loss falls, in proportion to 1/{power}",
                                  f"the slope falls with the loss, and the speed with its power {q - 1}",
                                  on("mf-J1-rescaled-lr"), warnings=() if q == 2 else (AT_ALL_Q,),
                                  values={"power": str(1 - q)}))  # fmt: skip
    out.append(_depth(it, q, on))
    out.append(Recommendation("balance", "any start: the balance of the normalised layers tends to 0",
                              "lambda stays or falls while the weights grow", on("f1-balance-limit"),
                              warnings=("stated for products of scalars",)))  # fmt: skip
    return out


def _depth(it: Setting, q: Fraction, on: Rests) -> Recommendation:
    given = f"L = {it.depth} as given; " if it.depth else ""
    if q == 1:
        return Recommendation("depth", f"{given}any: the best margin does not hang on it",
                              "max |x|**(2/L) has the same minimisers at every L", on("intro-linf-depth-indep"))
    if q == 2:
        return Recommendation("depth", f"{given}as few layers as fit the data",
                              "(2 Q)**(1/2) grows like (log t)**(1/L)", on("mf-thm-4.6-loss-le2"))
    why = f"the speed of x is L*|x|**m, m = {q}*(L - 1)/L: more factors are slower near 0, faster far out"
    return Recommendation("depth", f"{given}fewest are 2 factors", why, on("fig2-metric-exponent"))
