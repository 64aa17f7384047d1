"""The groups of questions, in the order in which they are told."""

from __future__ import annotations

from collections.abc import Callable

from verify.potential import duals, horizon, metric, scaling, shape, theorems
from verify.potential.bench import Bench
from verify.reparam.answers import Answer

GROUPS: dict[str, Callable[[Bench], list[Answer]]] = {
    "domain": shape.domain,
    "convexity": shape.convexity,
    "legendre": shape.legendre,
    "bregman": shape.bregman,
    "even": shape.even,
    "gradient-range": shape.gradient_range,
    "inverse-metric": metric.inverse_metric,
    "coercivity": metric.coercivity,
    "metric-exponent": metric.exponent,
    "conjugate": duals.conjugate,
    "dual": duals.at_gradient,
    "homogeneity": duals.homogeneity,
    "degree": horizon.degree,
    "horizon": horizon.horizon,
    "margin": horizon.margin,
    "assumption-2.3": theorems.regular,
    "assumption-4.4": theorems.radial,
    "assumption-G.1": theorems.approach,
    "bias": theorems.bias,
    "rate": theorems.rate,
    "within": horizon.reach,
    "mirror-mup": scaling.answers,
}
