"""Lemma 4.5 along simulated paths: q-steepest flows of networks of two and three layers.

Each claim here stands beside the claim whose name it continues, and is a relation between quantities of the experiment
ns-networks fixed before the run: networks with diagonal layers, neurons on scalar inputs and dense layers, linear and
with ReLU, for q of 1, 5/4, 3/2 and 2, until the loss is e^-1000.

The bounds are the errors to be expected: of an integration over 10^3 steps and more of 1e-9 each, 1e-6; of Simpson's
rule on the integrator's steps, across the kinks of its integrand, 1e-4. A law with another exponent, or another rate,
must miss by a hundred times the first bound.
"""

from __future__ import annotations

from verify.claim import Draft, claim, measured

NETWORKS = "ns-networks"
INTEGRATION = "1/10**6"
SIMPSON = "1/10**4"
SEEN = "1/10**4"
ABOVE_ONE = ("1_25", "1_5", "2")
BELOW_TWO = ("1", "1_25", "1_5")
ALL = ("1", "1_25", "1_5", "2")


def _each(quantity: str, relation: str, indices: tuple[str, ...]) -> str:
    return " and ".join(f"{quantity}_{q} {relation}" for q in indices)


@claim("l45-smooth.networks", place="Lemma 4.5, Eq. (6), q > 1", rests_on=["l45-smooth.any-depth"], kind="dynamics")
def diagonal_layers_stay_balanced() -> Draft:
    """Networks with diagonal layers, linear and with ReLU, keep |w_i|^q - |w_j|^q at every coordinate, q > 1."""
    return measured(NETWORKS, _each("balance", f"<= {INTEGRATION}", ABOVE_ONE))


@claim("l45-q1.networks", place="Lemma 4.5, Eq. (6), q = 1", rests_on=["l45-q1.any-depth"], kind="dynamics")
def diagonal_layers_stay_balanced_under_sign_flow() -> Draft:
    """The same for q = 1, along Filippov solutions that cross zeros of weights and slide along zeros of slopes, until a
    weight rests at zero."""
    return measured(NETWORKS, f"balance_1 <= {INTEGRATION}")


@claim("l45-smooth.exponent", place="Lemma 4.5, Eq. (6)", rests_on=["l45-smooth.any-depth"], kind="dynamics")
def another_exponent_is_not_kept() -> Draft:
    """With an exponent that differs from q by 1/4 the same differences move."""
    return measured(NETWORKS, _each("mutant", f">= {SEEN}", ALL))


@claim("l45-smooth.decayed", place="Lemma 4.5, 'with weight decay'", rests_on=["l45-smooth.any-depth"], kind="dynamics")
def balances_decay_at_the_rate() -> Draft:
    """With decoupled decay a the balances decay as exp(-q a t), and not at half that rate."""
    return measured(
        NETWORKS,
        _each("decayed", f"<= {INTEGRATION}", ALL) + " and " + _each("half_rate", f">= {SEEN}", ALL),
    )


@claim("l45-smooth.neurons", place="Lemma 4.5", rests_on=["l45-smooth.two-layers"], kind="dynamics")
def neurons_on_scalar_inputs_stay_balanced() -> Draft:
    """Two dense layers on scalar inputs: each neuron keeps |a_j|^q - |w_j|^q for every q, through kinks of ReLU too,
    for q = 1 until a weight rests at zero."""
    return measured(NETWORKS, _each("neurons", f"<= {INTEGRATION}", ALL))


@claim("h-l2-balance.networks", place="Appendix H", rests_on=["h-l2-balance", "h-sign"], kind="dynamics")
def dense_layers_are_balanced_for_gradient_flow_alone() -> Draft:
    """On inputs of two dimensions the sums of |w|^q over dense layers differ by a constant for q = 2; for q < 2 the
    differences move by a hundredth of the sizes and more.
    """
    kept = f"layers_2 <= {INTEGRATION}"
    return measured(NETWORKS, f"{kept} and {_each('layers_least', '>= 1/100', BELOW_TWO)}")


@claim("eq5-flow.descent", place="Eq. (5)", rests_on=["eq5-flow"], kind="dynamics")
def the_loss_falls_by_the_norm_of_its_slope() -> Draft:
    """Without decay the loss falls at the rate sum |dL/dw|^q, as far as to e^-1000, where the doubles end at e^-745."""
    return measured(NETWORKS, f"{_each('descent', f'<= {SIMPSON}', ALL)} and end >= 1000")
