"""The statements about a path of a homogeneous network as numbers: residuals of its identities, gaps of inequalities.

A residual is relative to the size of what is compared. A gap is what an inequality has to spare, relative to the size
of its sides: it is negative where the inequality is violated. L is the degree of f, alpha that of the potential,
D = Q(R'), M = (alpha D)^(L/alpha), z = log(1/loss), t0 the first node with z >= BELOW.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from numerics.networks.flow import Course
from numerics.networks.observables import Seen, gained, integrated, observe
from numerics.networks.times import log_integral, log_times

Array = np.ndarray
BELOW = 1.0  # the laws from t0 on ask for a positive z there


@dataclass(frozen=True)
class Findings:
    """One path: the quantities by name, and curves for a figure (log t, z, margins) at the nodes from t0 on."""

    values: dict[str, float]
    log_t: Array
    z: Array
    soft: Array
    hard: Array


def balance_residual(seen: Seen, degrees: tuple[int, ...]) -> float:
    """The largest change of Q_l k_l - Q_{l+1}, relative to Q, k_l = degree of f in layer l + 1 over that in layer l."""
    worst = 0.0
    for layer in range(len(degrees) - 1):
        ratio = degrees[layer + 1] / degrees[layer]
        law = ratio * seen.duals[:, layer] - seen.duals[:, layer + 1]
        worst = max(worst, float(np.max(np.abs(law - law[0]) / (1 + seen.dual))))
    return worst


def identities(seen: Seen, degree: int) -> dict[str, float]:
    """Dissipation, dz/ds = |theta_s|^2; dD/ds = <theta, dR'/ds>; and that this is L sum p_i q_i."""
    lost, grown = gained(seen.z) - integrated(seen, seen.v), gained(seen.dual) - integrated(seen, seen.u)
    return {
        "dissipation": float(np.max(np.abs(np.cumsum(lost)) / (1 + np.abs(seen.z[2::3])))),
        "growth": float(np.max(np.abs(np.cumsum(grown)) / (1 + seen.dual[2::3]))),
        "euler": float(np.max(np.abs(seen.u - degree * seen.euler) / (1 + np.abs(seen.u)))),
        "growth_gap": float(np.min((seen.u - degree * seen.z) / (1 + np.abs(seen.u)))),
    }


def late(seen: Seen) -> Seen:
    """The steps from t0 on."""
    first = int(np.argmax(seen.z[::3] >= BELOW)) * 3
    return Seen(*(getattr(seen, name)[first:] for name in seen.__dataclass_fields__))


def log_soft(seen: Seen, log_size: Array) -> Array:
    """log of z over exp(log_size)."""
    return np.log(seen.z) - log_size


def monotone(soft: Array) -> dict[str, float]:
    """The least rise of the logarithm of a margin from node to node, and over the whole."""
    return {"soft_rise": float(np.min(np.diff(soft), initial=0.0)), "soft_total": float(soft[-1] - soft[0])}


def margin_laws(seen: Seen, degree: int, alpha: float) -> dict[str, float]:
    """Theorem 4.5, Lemmas D.1, D.2, E.1, E.2, G.6 and G.7 from t0 on, one potential for all layers."""
    D, u, v, m, z = seen.dual, seen.u, seen.v, seen.m, seen.z
    log_size = degree / alpha * np.log(alpha * D)
    soft = log_soft(seen, log_size)
    tangential = np.maximum(v - u * u / m, 0.0)
    cosine = np.minimum(u * u / (m * v), 1.0)
    off = 1 / cosine - 1
    normal = (alpha * D) ** (1 / alpha)
    growth = gained(soft)
    bound = integrated(seen, degree * tangential / u)  # L E_tan over (log D)', by s
    turned = integrated(seen, off * u / D)  # (beta^-2 - 1) d log D
    steep = seen.largest / normal ** (degree - 1)  # B_1 here, and C_2 = N/|theta| here
    limit = 2 * steep * u / (degree * np.exp(soft) * normal * seen.slope_norm)
    grown = seen.potential > 0
    log_t, _ = log_times(np.maximum.accumulate(z), v)
    chain = [v - u * u / m, u * u / m - u * u / (alpha * D), u * u / (alpha * D) - degree**2 / alpha * z * z / D]
    rise = float(np.log(D[-1] / D[0]))
    least = np.min(seen.q, axis=1)
    residual = normal ** (4 - 2 * alpha) * least ** (-2 / degree) * m * seen.steep  # squared, Lemma G.6
    allowed = seen.curvature * normal ** (2 - alpha) * np.exp(-2 / degree * soft) * seen.aside
    return {
        **monotone(soft),
        "tangential_gap": float(np.min((growth - bound) / (1e-6 + np.abs(bound)), initial=np.inf)),
        "tangential_spare": float(np.min(np.cumsum(growth - bound), initial=np.inf)),
        "log_dual_rise": float(np.min(u / D)),
        "chain_gap": float(min(np.min(step / v) for step in chain)),
        "integral_gap": _integral_gap(seen, log_t, soft[0], degree, alpha),
        "dual_turn": float(np.max(seen.turn / limit)),
        "dual_angle_gap": float(np.min((u / D * (1 - D / (seen.norm * seen.slope_norm)))[grown] * D[grown] / u[grown],
                                       initial=np.inf)),
        "angle_spare": float(np.min(alpha / degree * (soft[2::3] - soft[0]) - np.cumsum(turned))),
        "angle_least_gap": float(alpha / degree * (soft[-1] - soft[0]) / rise - np.min(off)) if rise > 0 else -np.inf,
        "residual_ratio": float(np.max(residual / allowed)),
        "soft_late": float(soft[-1] - soft[int(np.argmax(z >= z[-1] / np.e))]),
        "angle_end": float(1 - np.sqrt(cosine[-1])),
        "margin_gap": float((np.min(seen.q[-1]) - z[-1]) / z[-1]),
        "hard_fall": float(np.min(np.diff(np.log(least) - log_size), initial=0.0)),
        "hard_over_soft": float(np.min(least / z)),
    }  # fmt: skip


def _integral_gap(seen: Seen, log_t: Array, soft: float, degree: int, alpha: float) -> float:
    """The least of log G(1/loss) - log(L^2 soft_0^(alpha/L) (t - t0)), G' = (log x)^(alpha/L - 2) from t0 on."""
    beta = alpha / degree - 2
    z = np.maximum.accumulate(seen.z)
    log_g = log_integral(z, z + beta * np.log(z))
    right = np.log(degree**2) + alpha / degree * soft + log_t
    known = np.isfinite(log_g) & np.isfinite(log_t)
    return float(np.min(log_g[known] - right[known], initial=np.inf))


def rate_slopes(seen: Seen, degree: int, alpha: float) -> dict[str, float]:
    """Slopes over the last e-fold of z: of z - log t by log log t, and of log M by log log t; and M/log t."""
    log_t, error = log_times(np.maximum.accumulate(seen.z), seen.v)
    late_enough = int(np.argmax(seen.z >= seen.z[-1] / np.e))
    if late_enough == 0 or log_t[late_enough] <= 1:
        return {}
    log_m = degree / alpha * np.log(alpha * seen.dual)
    spread = np.log(log_t[-1] / log_t[late_enough])
    ahead = seen.z - log_t
    return {
        "log_power": float((ahead[-1] - ahead[late_enough]) / spread),
        "size_power": float((log_m[-1] - log_m[late_enough]) / spread),
        "size_over": float(np.exp(log_m[-1] + np.log(seen.z[0]) - log_m[0]) / log_t[-1]),  # M soft(t0)/log t
        "log_time": float(log_t[-1]),
        "time_error": error,
    }


def neurons(course: Course) -> dict[str, float]:
    """Two layers, degree one: Q(a_j) - Q(w_j) of each neuron relative to Q; at the end the gap of the norms' powers.

    The gap is the largest ||a_j|^alpha - |w_j|_alpha^alpha| over |theta|_alpha^alpha, alpha that of both layers.
    """
    flow = course.flow
    outer, inner = flow.potentials
    laws, gap = [], 0.0
    for node in (*(s[0] for s in course.steps), course.steps[-1][2]):
        a, w = flow.network.weights(node.theta)
        laws.append(outer.dual(a[0]) - np.sum(inner.dual(w), axis=1))
        size = float(np.sum(flow.duals(node.theta)))
        laws[-1] = np.concatenate([laws[-1], [size]])
    table = np.array(laws)
    changed = np.max(np.abs(table[:, :-1] - table[0, :-1]), axis=1) / (1 + table[:, -1])
    top = float(np.max(np.abs(course.end)))
    a, w = (part / top for part in flow.network.weights(course.end))
    alpha = outer.alpha
    gap = np.abs(np.abs(a[0]) ** alpha - np.sum(np.abs(w) ** alpha, axis=1))
    whole = float(np.sum(np.abs(course.end / top) ** alpha))
    return {"neuron_balance": float(np.max(changed)), "neuron_gap": float(np.max(gap)) / whole}


def horizon_laws(course: Course, factor: float, offset: float) -> dict[str, float]:
    """(N - phi)/N against (c - 1) + a/N: N = (alpha Q)^(1/alpha), phi <= N <= c phi + a, c the factor, a the offset.

    The least that both sides of it spare along the path, and the difference at the end.
    """
    flow, r = course.flow, course.flow.potentials[0]
    spare, difference = np.inf, 0.0
    for node in (*(s[0] for s in course.steps), course.steps[-1][2]):
        normal = (r.alpha * float(np.sum(flow.duals(node.theta)))) ** (1 / r.alpha)
        difference = (normal - r.horizon(node.theta)) / normal
        spare = min(spare, difference, factor - 1 + offset / normal - difference)
    return {"horizon_spare": float(spare), "horizon_end": float(difference)}


def study(course: Course) -> Findings:
    """Everything that is stated of the path; with one potential for all layers also what is stated of that case."""
    flow, seen = course.flow, observe(course)
    degrees, degree = flow.network.layer_degrees, flow.network.degree
    values = {"balance": balance_residual(seen, degrees)}
    values["balance_printed"] = balance_residual(seen, (1,) * len(degrees))
    values |= identities(seen, degree)
    after = late(seen)
    alphas = np.array([r.alpha for r in flow.potentials])
    layers = np.array(degrees)
    by_layer = np.sum(layers / alphas * np.log(alphas * after.duals), axis=1)
    values |= {f"multi_{name}": value for name, value in monotone(log_soft(after, by_layer)).items()}
    values["end"] = float(after.z[-1])
    if len({r.name for r in flow.potentials}) == 1:
        values |= margin_laws(after, degree, float(alphas[0])) | rate_slopes(after, degree, float(alphas[0]))
        log_size = degree / alphas[0] * np.log(alphas[0] * after.dual)
    else:
        log_size = by_layer
    log_t, _ = log_times(np.maximum.accumulate(after.z), after.v)
    return Findings(
        values, log_t, after.z, log_soft(after, log_size), np.log(np.min(after.q, axis=1)) - log_size
    )  # fmt: skip
