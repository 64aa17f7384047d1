"""The claims about the dynamics, simulated: small networks followed far out, and one weight by quadrature.

Each claim here stands beside the claim whose name it continues, and is a relation between quantities of an experiment
fixed before the run. mf-networks: networks of two and three layers (linear, squared and ReLU activations) under each
potential and a mixture of them, until the loss is e^-1000. mf-rates: one weight until log t is a million, for alpha of
1, 3/2, 2, 5/2, 3, 4 and L of 1, 2, 3. mf-entropy: the direction under the entropy until the loss is e^-30000.

The bounds are the errors to be expected: of rounding, 1e-9; of an integration over 10^4 steps of 1e-10 each, 1e-6; of
Simpson's rule on the integrator's steps, 1e-5; of the time on a path, of second order in the steps, 1e-2; log 4/1000
and more for the distance of the margins of four samples. Claims that hold in a limit only are looked at from a distance
that was chosen on other seeds than those of the recorded run.
"""

from __future__ import annotations

from verify.claim import Draft, claim, measured

NETWORKS, RATES = "mf-networks", "mf-rates"
ROUNDING = "-1/10**9"
INTEGRATION = "1/10**6"
SIMPSON = "1/10**5"


@claim("mf-eq2-gf-balance.simulated", place="Eq. (2)", rests_on=["mf-eq2-gf-balance"], kind="dynamics")
def gradient_flow_stays_balanced() -> Draft:
    """Gradient flow keeps the differences of the layers' squared norms, relative to the sum of all."""
    return measured(NETWORKS, f"balance_square <= {INTEGRATION}")


@claim("mf-lem-3.1.simulated", place="Lemma 3.1", rests_on=["mf-lem-3.1.any-potential"], kind="dynamics")
def layers_stay_balanced() -> Draft:
    """Q_i - Q_{i+1} stays what it was, for the entropy, the smoothed potentials and one potential for each layer,
    under the logistic loss as well."""
    return measured(
        NETWORKS,
        f"balance_entropy <= {INTEGRATION} and balance_smoothed <= {INTEGRATION} and balance_mixed <= {INTEGRATION}",
    )


@claim("mf-lem-3.1.relu.simulated", place="Lemma 3.1, ReLU", rests_on=["mf-lem-3.1.relu"], kind="dynamics")
def relu_layers_stay_balanced() -> Draft:
    """The same for ReLU networks of two and three layers, whose paths cross kinks and slide along them."""
    return measured(NETWORKS, f"balance_relu <= {INTEGRATION}")


@claim(
    "mf-lem-3.1.squared.simulated", place="Lemma 3.1, 'sigma homogeneous'", rests_on=["mf-lem-3.1.squared"],
    kind="dynamics",
)  # fmt: skip
def squared_activation_has_another_balance() -> Draft:
    """With the squared activation 2 Q_1 - Q_2 stays, and Q_1 - Q_2 moves by a hundredth of Q and more."""
    return measured(NETWORKS, f"balance_squared <= {INTEGRATION} and balance_squared_printed >= 1/100")


@claim("mf-loss-dissipation.simulated", place="Section 2, last display", rests_on=["mf-loss-dissipation"],
       kind="identity")  # fmt: skip
def loss_falls_by_the_squared_speed() -> Draft:
    """log(1/loss) rises by the integral of the squared speed in the metric over the loss."""
    return measured(NETWORKS, f"dissipation <= {SIMPSON}")


@claim("mf-eq4-dQ.simulated", place="Eq. (4), first equality", rests_on=["mf-eq4-dQ.any-potential"], kind="identity")
def conjugate_rises_by_the_inner_product() -> Draft:
    """Q rises by the integral of <theta, dR'(theta)/dt>."""
    return measured(NETWORKS, f"growth <= {SIMPSON}")


@claim("mf-eq7-eq.simulated", place="Eq. (7), equalities", rests_on=["mf-eq7-eq"], kind="identity")
def inner_product_is_that_of_euler() -> Draft:
    """<theta, dR'(theta)/dt> = L sum exp(-q_i) q_i with the degree L of f, sliding paths included."""
    return measured(NETWORKS, "euler <= 1/10**9")


@claim("mf-eq4-ineq.simulated", place="Eq. (4), inequality", rests_on=["mf-eq4-ineq"], kind="inequality")
def conjugate_rises_at_least() -> Draft:
    """It is at least L F log(1/F)."""
    return measured(NETWORKS, f"growth_gap >= {ROUNDING}")


@claim("mf-thm-4.5-mono.simulated", place="Theorem 4.5 (1)", rests_on=["mf-thm-4.5-mono"], kind="dynamics")
def soft_margin_rises() -> Draft:
    """The soft margin does not fall from one step to the next once the loss is below one, and rises on the whole."""
    return measured(NETWORKS, f"soft_rise >= {ROUNDING} and soft_total > 0")


@claim("mf-thm-4.5-limits.simulated", place="Theorem 4.5 (2)", rests_on=["mf-thm-4.5-limits"], kind="limit")
def margins_come_together() -> Draft:
    """The loss comes below e^-1000 on every path; the margins then differ by a hundredth of the soft one at most."""
    return measured(NETWORKS, "end >= 1000 and 0 <= margin_gap and margin_gap <= 1/100")


@claim("mf-thm-4.5-Qmargin.simulated", place="Section 4, before Theorem 4.5", rests_on=["mf-thm-4.5-Qmargin"],
       kind="dynamics")  # fmt: skip
def margin_stays_above_the_soft_one() -> Draft:
    """The margin stays above the soft margin."""
    return measured(NETWORKS, "hard_over_soft >= 1 - 1/10**9")


@claim("mf-thm-4.5-Qmargin.fall.simulated", place="Section 4, before Theorem 4.5", rests_on=["mf-thm-4.5-Qmargin"],
       kind="dynamics")  # fmt: skip
def margin_falls_on_some_path() -> Draft:
    """Among the networks of every seed there is a path on which the margin falls for a while."""
    return measured(
        NETWORKS,
        f"hard_fall < -{INTEGRATION}",
        note="Such paths were met from two of the three seeds, so that this was expected of too few networks.",
    )


@claim("mf2-G9-gamma-bounded.simulated", place="Lemma G.9, proof", rests_on=["mf2-G9-gamma-bounded"], kind="limit")
def soft_margin_levels_off() -> Draft:
    """While log(1/loss) grows by the factor e at the end, the logarithm of the soft margin grows by 1/4 at most."""
    return measured(NETWORKS, "soft_late <= 1/4")


@claim("mf-lem-D1-logQ.simulated", place="Lemma D.1, first inequality", rests_on=["mf-lem-D1-logQ"], kind="dynamics")
def conjugate_always_rises() -> Draft:
    """log Q rises at every step once the loss is below one."""
    return measured(NETWORKS, "log_dual_rise > 0")


@claim("mf-lem-D1-ineq.simulated", place="Lemma D.1, second inequality", rests_on=["mf-lem-D1-ineq"],
       kind="inequality")  # fmt: skip
def soft_margin_rises_with_the_tangential_energy() -> Draft:
    """log of the soft margin rises by the integral of L E_tan/(d log Q/dt) at least, with the product squared."""
    return measured(NETWORKS, f"tangential_spare >= -{INTEGRATION}")


@claim("mf-D2-dissip.simulated", place="Appendix D, proof of Lemma D.2", rests_on=["mf-D2-dissip"], kind="inequality")
def chain_of_the_dissipation() -> Draft:
    """|theta'|^2 >= u^2/|theta|^2 >= u^2/(alpha Q) >= (L^2/alpha) nu^2/Q at every step."""
    return measured(NETWORKS, f"chain_gap >= {ROUNDING}")


@claim("mf-lem-D2.simulated", place="Lemma D.2", rests_on=["mf-lem-D2", "mf-D2-final"], kind="inequality")
def loss_is_below_the_integral() -> Draft:
    """G(1/F) >= L^2 g0^(alpha/L) (t - t0) from t0 on, without the factor 1/alpha, by the logarithms of both sides."""
    return measured(NETWORKS, "integral_gap >= -1/100 and time_error <= 1/100")


@claim("mf-lem-E1.simulated", place="Lemma E.1", rests_on=["mf-lem-E1"], kind="inequality")
def dual_direction_turns_slowly() -> Draft:
    """The speed of R'/|R'| stays below its bound, with the constants B_1 and C_2 as they are at the point."""
    return measured(NETWORKS, "dual_turn <= 1")


@claim("mf-lem-E2.simulated", place="Lemma E.2", rests_on=["mf-lem-E2"], kind="inequality")
def conjugate_rises_faster_than_the_norms_say() -> Draft:
    """d(log Q)/dt >= u/(|theta| |R'|) wherever R > 0."""
    return measured(NETWORKS, f"dual_angle_gap >= {ROUNDING}")


@claim("mf-lem-G6.simulated", place="Lemma G.6", rests_on=["mf-lem-G6"], kind="inequality")
def residual_is_bounded_by_the_angle() -> Draft:
    """The squared residual of stationarity is at most 2 mu N^(2 - alpha) g^(-2/L) (1 - b), with zeta for phi dphi."""
    return measured(NETWORKS, "residual_ratio <= 1 + 1/10**6")


@claim("mf-lem-G7.simulated", place="Lemma G.7", rests_on=["mf-lem-G7"], kind="inequality")
def angle_is_paid_for_by_the_soft_margin() -> Draft:
    """The integral of (b^-2 - 1) d log Q is at most (alpha/L) times the rise of log of the soft margin."""
    return measured(NETWORKS, f"angle_spare >= -{INTEGRATION}")


@claim("mf-cor-G8.simulated", place="Corollary G.8", rests_on=["mf-cor-G8"], kind="existence")
def some_angle_is_small() -> Draft:
    """At some time b^-2 - 1 is at most the quotient of the two rises."""
    return measured(NETWORKS, f"angle_least_gap >= -{INTEGRATION}")


@claim("mf-lem-G9-seq.simulated", place="Lemma G.9", rests_on=["mf-lem-G9-seq"], kind="existence")
def angle_tends_to_nought() -> Draft:
    """1 - b has come below 1/20 at the end, for alpha >= 2."""
    return measured(NETWORKS, "angle_end <= 1/20")


@claim("mf-thm-4.7-kkt.simulated", place="Theorem 4.7", rests_on=["mf-thm-4.7-kkt"], kind="limit")
def direction_is_nearly_kkt() -> Draft:
    """The residual of stationarity of min phi_p^2/2 with q >= 1 is below 1/5 at the end, and half that of any start."""
    return measured(
        NETWORKS,
        "kkt_square < 1/5 and kkt_smoothed < 1/5 and kkt_square < kkt_begin/2 and kkt_smoothed < kkt_begin/2",
    )


@claim("mf-cor-4.8.simulated", place="Corollary 4.8", rests_on=["mf-cor-4.8"], kind="limit")
def direction_is_nearly_kkt_under_the_entropy() -> Draft:
    """The same for the entropy and |theta|_1, linear networks of two layers, whose loss is e^-30000 at the end."""
    return measured(
        "mf-entropy",
        "kkt_30000 < 1/20",
        note="At e^-1000 one of the three linear networks of mf-networks was at 0.19, since a sample that is active in"
        " the limit was not yet: the distance, not the bound, was chosen anew, with other seeds.",
    )


@claim("mf-G5-balance.simulated", place="Appendix G.5", rests_on=["mf-G5-balance"], kind="dynamics")
def neurons_stay_balanced() -> Draft:
    """Q(a_j) - Q(w_j) of each neuron of two layers stays what it was, entropy."""
    return measured(NETWORKS, f"neurons_entropy <= {INTEGRATION}")


@claim("mf-G5-limit.simulated", place="Appendix G.5", rests_on=["mf-G5-limit"], kind="limit")
def neurons_have_equal_norms_far_out() -> Draft:
    """Relative to |theta|_1 the gap between |a_j| and |w_j|_1 has come below 1/50 at the end, entropy."""
    return measured(NETWORKS, "neuron_gap_entropy <= 1/50")


@claim("mf-G5-hom.simulated", place="Appendix G.5", rests_on=["mf-G5-hom"], kind="limit")
def smoothed_neurons_have_equal_powers_far_out() -> Draft:
    """The same for the smoothed potentials and the p-th powers, below 1/100."""
    return measured(NETWORKS, f"neurons_smoothed <= {INTEGRATION} and neuron_gap_smoothed <= 1/100")


@claim("mf-H2-display.simulated", place="Lemma H.2, proof", rests_on=["mf-H2-display", "mf-H3-bounds"],
       kind="inequality")  # fmt: skip
def conjugate_closes_in_on_the_horizon() -> Draft:
    """0 <= (N - phi)/N <= (c - 1) + a/N along every path, c and a those of the entropy and the smoothed potentials."""
    return measured(NETWORKS, f"horizon_spare >= {ROUNDING}")


@claim("mf-I-multi-opt.simulated", place="Appendix I, last display", rests_on=["mf-def-I4"], kind="dynamics")
def soft_multi_margin_rises() -> Draft:
    """With a potential for each layer log(1/F)/prod (alpha_j Q_j)^(1/alpha_j) does not fall."""
    return measured(NETWORKS, f"multi_rise >= {ROUNDING}")


@claim("mf-thm-4.6-loss-le2.networks.simulated", place="Theorem 4.6, alpha in [1, 2]",
       rests_on=["mf-thm-4.6-loss-le2"], kind="asymptotic")  # fmt: skip
def power_of_the_logarithm_on_networks() -> Draft:
    """On networks, too, 1/(t F) is a power of log t within 15/100 of 2 - alpha/L, over the last factor e of log t."""
    return measured(NETWORKS, "power_error <= 15/100")


@claim("mf-thm-4.6-loss-gt2.networks.simulated", place="Theorem 4.6, alpha > 2", rests_on=["mf-thm-4.6-loss-gt2"],
       kind="asymptotic")  # fmt: skip
def power_of_the_logarithm_on_networks_above_degree_two() -> Draft:
    """The same for alpha > 2, where 2 - alpha/L is a lower bound."""
    return measured(NETWORKS, "power_short >= -15/100")


@claim("mf-eq8.simulated", place="Eq. (8)", rests_on=["mf-eq8", "mf-thm-4.6-Q-le2.any-potential"], kind="asymptotic")
def conjugate_is_bounded_by_the_logarithm() -> Draft:
    """(alpha Q)^(L/alpha) g0 is at most 11/10 log t at the end, g0 the soft margin at the start."""
    return measured(NETWORKS, "size_over <= 11/10")


# ---- one weight, far out -------------------------------------------------------------------------------------------
def _loss(group: str) -> Draft:
    """The power of log t in 1/(t F), its constant, and the enclosed log t: within what the derived rate allows."""
    return measured(
        RATES,
        f"power_spare_{group} >= 0 and power_{group} <= 1/50 and constant_spare_{group} >= 0"
        f" and log_time_{group} >= 999900 and radius_{group} <= 1/10**20",
    )


@claim("mf-thm-4.6-loss-le2.entropy.simulated", place="Theorem 4.6, alpha = 1",
       rests_on=["mf-thm-4.6-loss-le2.entropy"], kind="asymptotic")  # fmt: skip
def rate_of_the_entropy_far_out() -> Draft:
    """log(1/F) = log t + (2 - 1/L) log log t + log c + o(1) under the entropy, at log t of a million."""
    return _loss("one")


@claim("mf-thm-4.6-loss-le2.between.simulated", place="Theorem 4.6, 1 < alpha < 2",
       rests_on=["mf-thm-4.6-loss-le2.between"], kind="asymptotic")  # fmt: skip
def rate_between_far_out() -> Draft:
    """The same for alpha = 3/2, R'' = (theta^2 + 1)^(-1/4)."""
    return _loss("between")


@claim("mf-thm-4.6-loss-le2.square.simulated", place="Theorem 4.6, alpha = 2", rests_on=["mf-thm-4.6-loss-le2.square"],
       kind="asymptotic")  # fmt: skip
def rate_of_gradient_flow_far_out() -> Draft:
    """The same under gradient flow."""
    return _loss("two")


@claim("mf-thm-4.6-loss-gt2.simulated", place="Theorem 4.6, alpha > 2", rests_on=["mf-thm-4.6-loss-gt2"],
       kind="asymptotic")  # fmt: skip
def rate_above_degree_two_far_out() -> Draft:
    """The same for p = 5/2, 3 and 4: one weight reaches the upper bound of the loss."""
    return _loss("above")


@claim("mf-thm-4.6-Q-le2.simulated", place="Theorem 4.6, alpha in [1, 2]", rests_on=["mf-thm-4.6-Q-le2"],
       kind="asymptotic")  # fmt: skip
def conjugate_far_out() -> Draft:
    """Q is the power alpha/L of log t and theta the power 1/L, for alpha = 1, 3/2 and 2."""
    return measured(
        RATES,
        "dual_spare_one >= 0 and dual_spare_between >= 0 and dual_spare_two >= 0"
        " and dual_one <= 1/50 and dual_between <= 1/50 and dual_two <= 1/50"
        " and size_one <= 1/50 and size_between <= 1/50 and size_two <= 1/50",
    )


@claim("mf-thm-4.6-Q-gt2.simulated", place="Theorem 4.6, alpha > 2", rests_on=["mf-thm-4.6-Q-gt2", "mf-F-gt2"],
       kind="asymptotic")  # fmt: skip
def conjugate_above_degree_two_far_out() -> Draft:
    """The same for alpha > 2, from both sides."""
    return measured(RATES, "dual_spare_above >= 0 and dual_above <= 1/50 and size_above <= 1/50")


@claim("mf-lem-4.10-hyp.exponent.simulated", place="Lemma 4.10", rests_on=["mf-lem-4.10-hyp.exponent"],
       kind="asymptotic")  # fmt: skip
def time_of_the_alignment_far_out() -> Draft:
    """f = theta_1 + ... + theta_n with equal weights under the entropy: the logarithm of the time after which Q and
    |theta|_1 differ by a tenth of Q is proportional to n sqrt(lam), not to sqrt(lam n), with the factor 9/sqrt(19)."""
    return measured(RATES, "abs(equal_power - 1) <= 1/100 and equal_scale_error <= 1/100")


@claim("mf-exp-time.simulated", place="Section 4, after Lemma 4.10", rests_on=["mf-exp-time"], kind="asymptotic")
def time_to_align_far_out() -> Draft:
    """There the time until each weight is sqrt(lam) is at least (exp(n sqrt(lam)) - 1)/(n sqrt(2 lam))."""
    return measured(RATES, "equal_spare >= 0")


@claim("mf-intro-tight-rates.simulated", place="Section 1, Main contributions", rests_on=["mf-intro-tight-rates"],
       kind="asymptotic")  # fmt: skip
def loss_is_one_over_time_to_first_order() -> Draft:
    """log(1/F) grows like log t itself, to a ten-thousandth, for every alpha and L."""
    return measured(
        RATES,
        "slope_one <= 1/10**4 and slope_between <= 1/10**4 and slope_two <= 1/10**4 and slope_above <= 1/10**4",
    )


@claim("mf-thm-4.6-loss-le2.time.simulated", place="Theorem 4.6, alpha = 2", rests_on=["mf-thm-4.6-loss-le2.time"],
       kind="limit")  # fmt: skip
def loss_after_many_gaps() -> Draft:
    """Under the potential with gaps t F is at most 2 e^-n at the end of the n-th, where log t is a million."""
    return measured(RATES, "gap_loss_by_time <= log(2) - gap_count and gap_log_time >= 999900")


@claim("mf-thm-4.6-loss-le2.degree.simulated", place="Theorem 4.6", rests_on=["mf-thm-4.6-loss-le2.degree"],
       kind="inequality")  # fmt: skip
def conjugate_keeps_its_degree_over_many_gaps() -> Draft:
    """Meanwhile log(Q/(log t)^2) falls by 8 at most, and stays below 0."""
    return measured(RATES, "gap_dual_low >= -8 - log(2) and gap_dual_high <= 0")
