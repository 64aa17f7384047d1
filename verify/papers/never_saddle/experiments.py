"""Sections 5 and Appendices F, I, J, K: what the experiments show, and whether they are instances of the theorems.

A measured claim names an experiment and the relation between its quantities that is expected, fixed before the run: a
direction and, where the text says "much", "significant" or "stuck", a factor.
"""

from __future__ import annotations

from theory.metric import InverseMetric
from verify.claim import Draft, claim, measured, printed

DEEP = {"x": "u*(u**2 + lam)", "M": "(u**2 + lam)**2 + 2*u**2*(u**2 + lam)", "y": "atan(u/sqrt(lam))/sqrt(lam)"}


@claim("fig1-thm42-link", place="Section 5, Figure 1", rests_on=["t42-int-bound", "c410-mu", "t48-bregman-legendre"],
       kind="empirical")  # fmt: skip
def figure_illustrates_the_theorem() -> Draft:
    """Figure 1, L = 3 with q = 1 and q = 2, illustrates Theorem 4.2, which Corollary 4.9 gives for q (L-1)/L <= 1."""
    exponents = {"m1": "1*(3 - 1)/3", "m2": "2*(3 - 1)/3"}
    return (
        printed("m1 <= 1 and m2 <= 1", where=exponents)
        .corrected(
            "m1 <= 1 and m2 > 1",
            mend="replaced",
            note="Gradient flow at L = 3 has m = 4/3, outside the range that the paper allows. The hypotheses of"
            " Theorem 4.2 hold all the same for lam > 0, see the claim on its potential.",
        )
        .derived(InverseMetric(3).derivation())
    )


@claim("fig1-thm42-link.potential", place="Section 5, Figure 1", rests_on=["t42-int-bound", "c410-mu"],
       kind="classification")  # fmt: skip
def potential_of_three_layers_under_gradient_flow() -> Draft:
    """q = 2, L = 3, lam > 0: with u = |w_1|, x = u (u^2 + lam), R' = atan(u/sqrt(lam))/sqrt(lam) has R'' = 1/M > 0,
    M >= lam^2, and R*(R') - c R' = x R' - R - c R' tends to oo, so that the level sets of the divergence are bounded.

    x R' - R has the slope x dR'/du = u in u, so it is u^2/2 up to a constant.
    """
    dual = "u**2/2"
    return (
        printed(
            "diff(y, u)*M == diff(x, u) and M >= lam**2"
            f" and diff({dual}, u) == x*diff(y, u) and limit({dual} - c*y, u, oo) == oo",
            given=["u >= 0", "lam > 0", "c real"],
            where=DEEP,
        )
        .covering("q = 2, L = 3, lam > 0, the clauses that could fail")
        .derived(InverseMetric(3).derivation())
    )


@claim("fig1-thm42-link.measured", place="Section 5, Figure 1", rests_on=["fig1-thm42-link"], kind="empirical")
def sign_descent_converges_faster() -> Draft:
    """Close to a saddle (w_1 = 0, w_i = 0.1; L = 3, k = 300, n = 100) sign descent reaches a hundredth of the loss at
    the start in less than half the time (steps times rate) that gradient descent needs.
    """
    return measured("ns-figure-1", "time_sign < time_gd/2")


@claim("fig2-ode.measured", place="Figure 2, right", rests_on=["fig2-ode"], kind="dynamics")
def high_exponents_escape_late() -> Draft:
    """From 0.1 the solution of x' = x^m takes longer to reach 1, the larger the metric exponent m is (1/2, 1, 3/2)."""
    return measured("ns-figure-2", "time_half < time_one and time_one < time_three_halves")


@claim("fig3-path-length.measured", place="Figure 3", rests_on=["fig3-path-length"], kind="inequality")
def paths_are_shorter_for_smaller_indices() -> Draft:
    """The path along the balance from (0.1, 0) to m w = 0.1 is shorter for q = 1 than for 1.5 than for 2."""
    return measured("ns-figure-3", "length_1 < length_1_5 and length_1_5 < length_2")


@claim("f-exp-setting", place="Appendix F, experiment; Figures 4 and 6", rests_on=["f-depth-bias"], kind="empirical")
def deep_margins_are_sparser() -> Draft:
    """Separable data (k = 80, n = 100, two features that count): of x/|x|_inf, sign descent leaves at depth 10 less
    than half of the mass outside the true features that it leaves at depth 2; gradient descent at depth 10 has not
    converged (its mean loss, 1 at the start, is above 1/2).
    """
    return measured("ns-figure-4", "outside_sign_10 < outside_sign_2/2 and loss_gd_10 > 1/2")


@claim("f-exp-setting.adam", place="Appendix F, Figure 6", rests_on=["f-depth-bias"], kind="empirical")
def adam_resembles_sign_descent() -> Draft:
    """'Observe the similarity between Adam and SignGD': at depth 10 Adam's margin is as sparse within a factor of two,
    and it, too, is less than half as dense as at depth 2.
    """
    expected = "outside_adam_10 < 2*outside_sign_10 and outside_sign_10 < 2*outside_adam_10"
    return measured("ns-figure-4", f"{expected} and outside_adam_10 < outside_adam_2/2")


@claim("i-fig7", place="Appendix I, Figure 7", rests_on=["c410-dominates"], kind="empirical")
def recovery_by_depth_and_index() -> Draft:
    """Underdetermined regression (k = 80, n = 100): in distance to the sparse truth, depth 1 is far off for every q,
    gradient descent at depth 2 is four times closer, sign descent at depth 10 a hundred times, and gradient descent at
    depth 10 is stuck: it stays within a tenth of the distance of the start.
    """
    return measured(
        "ns-figure-7",
        "distance_gd_2 < distance_gd_1/4 and distance_sign_10 < distance_sign_1/100"
        " and distance_gd_10 > 9*distance_start/10",
    )


@claim("i-batch", place="Appendix I, Figures 8 to 10", rests_on=["i-noise-sign"], kind="empirical")
def small_batches_help() -> Draft:
    """Batches of 5 bring sign descent at depth 10 closer to the sparse truth than the full batch, for k = 80 and, by
    half or more, for k = 40, where the full batch does not recover it.
    """
    return measured(
        "ns-figure-7",
        "distance_sign_10_batch_5 < distance_sign_10 and distance_sign_10_k40_batch_5 < distance_sign_10_k40/2",
    )


@claim("tab4-balance.measured", place="Appendix I, Table 4", rests_on=["tab4-balance"], kind="empirical")
def coupled_decay_breaks_the_measured_balance() -> Draft:
    """Sign descent at depth 10: the distance to the predicted balance rises with coupled decay 1e-4, 1e-3, 1e-2, and is
    ten times smaller with decoupled decay of the same strength.
    """
    rising = "balance_coupled_1e4 < balance_coupled_1e3 and balance_coupled_1e3 < balance_coupled_1e2"
    smaller = " and ".join(f"balance_decoupled_1e{k} < balance_coupled_1e{k}/10" for k in (4, 3, 2))
    return measured("ns-table-4", f"{rising} and {smaller}")


@claim("tab4-gt.measured", place="Appendix I, Table 4", rests_on=["tab4-gt"], kind="empirical")
def deep_decoupled_decay_recovers_best() -> Draft:
    """Depth 10 with decoupled decay 1e-2 is ten times closer to the truth than with coupled decay 1e-2, and than depth
    2 with decoupled decay 1e-2.
    """
    return measured(
        "ns-table-4",
        "truth_decoupled_1e2 < truth_coupled_1e2/10 and truth_decoupled_1e2 < truth_decoupled_1e2_depth_2/10",
    )


@claim("j-tables67.measured", place="Appendix J, Tables 6 and 7", rests_on=["j-tables67"], kind="empirical")
def coupled_decay_costs_measured_accuracy() -> Draft:
    """Coupled decay 1e-1 costs Adam more than ten points against 1e-4 at depths 2 and 10, and depth 10 more than depth
    2; AdamW stays within five points.
    """
    return measured(
        "ns-sparsity",
        "accuracy_coupled_strong_2 < accuracy_coupled_weak_2 - 10"
        " and accuracy_coupled_strong_10 < accuracy_coupled_weak_10 - 10"
        " and accuracy_coupled_strong_10 < accuracy_coupled_strong_2"
        " and abs(accuracy_decoupled_strong_2 - accuracy_decoupled_weak_2) < 5",
    )


@claim("j-tables67.sparsity", place="Section 5, Figures 5(b) and 11 to 15", rests_on=["tab1-coupled"], kind="empirical")
def decoupled_decay_needs_depth_for_sparsity() -> Draft:
    """Adam with weak coupled decay ends with a smaller L1 norm at depth 10 than at depth 2; AdamW does so with strong
    decay and the reverse with weak decay.
    """
    return measured(
        "ns-sparsity",
        "l1_coupled_weak_10 < l1_coupled_weak_2 and l1_decoupled_strong_10 < l1_decoupled_strong_2"
        " and l1_decoupled_weak_10 > l1_decoupled_weak_2",
    )


@claim("k-sgd-adam", place="Section 5, Figure 5(a); Appendix K", kind="empirical")
def adam_leaves_the_saddle() -> Draft:
    """After fine-tuning Adam has fewer negative eigenvalues among those tracked than SGD at the small rate, and weaker
    ones; SGD at the small rate has not left the saddle: its accuracy is less than half of Adam's.
    """
    return measured(
        "ns-finetune-vision",
        "negative_adam < negative_sgd_small and least_adam > least_sgd_small and accuracy_sgd_small < accuracy_adam/2",
    )


@claim("k-sgd-adam.language", place="Appendix K.2", kind="empirical")
def adam_leaves_the_saddle_in_language() -> Draft:
    """'The conclusions mirror those observed in our vision experiments': Adam has fewer negative eigenvalues than SGD
    at the small rate.
    """
    return measured("ns-finetune-language", "negative_adam < negative_sgd_small")


@claim("k-l1-adam.measured", place="Appendix K", rests_on=["k-l1-adam"], kind="empirical")
def adam_travels_farther_when_measured() -> Draft:
    """Adam travels farther in L1 than SGD at either rate."""
    return measured("ns-finetune-vision", "l1_adam > l1_sgd_small and l1_adam > l1_sgd_large")


@claim("ns2-k-uniform.measured", place="Appendix K", rests_on=["ns2-k-uniform"], kind="empirical")
def adam_moves_more_uniformly_when_measured() -> Draft:
    """The ratio of the L1 to the L2 distance is larger for Adam than for SGD at either rate."""
    return measured(
        "ns-finetune-vision",
        "l1_adam/l2_adam > l1_sgd_small/l2_sgd_small and l1_adam/l2_adam > l1_sgd_large/l2_sgd_large",
    )


@claim("ns2-k-uniform.language", place="Appendix K.2", rests_on=["ns2-k-uniform"], kind="empirical")
def adam_moves_more_uniformly_in_language() -> Draft:
    """The same in the language experiment, where the printed Table 12 shows the reverse for the small rate."""
    return measured(
        "ns-finetune-language",
        "l1_adam/l2_adam > l1_sgd_small/l2_sgd_small and l1_adam/l2_adam > l1_sgd_large/l2_sgd_large",
    )


@claim("ns2-k-sgd-stays.measured", place="Appendix K", rests_on=["ns2-k-sgd-stays"], kind="empirical")
def slow_sgd_stays_when_measured() -> Draft:
    """SGD at the small rate ends less than half as far from its start as at the large rate, parameters alone, in L2."""
    return measured("ns-finetune-vision", "l2_sgd_small < l2_sgd_large/2")


@claim("ns2-k-acc.measured", place="Appendix K", rests_on=["ns2-k-acc"], kind="empirical")
def adam_is_the_most_accurate_when_measured() -> Draft:
    """Adam is more accurate than SGD at either rate."""
    return measured("ns-finetune-vision", "accuracy_adam > accuracy_sgd_small and accuracy_adam > accuracy_sgd_large")


@claim("h-table3.measured", place="Appendix H, Table 3", rests_on=["h-table3"], kind="empirical")
def balances_of_attention_shrink() -> Draft:
    """Tuning by AdamW reduces the L1 balance of Q and K by a larger share of what it was than the L2 balance."""
    return measured("ns-attention", "balance_l1_after/balance_l1_before < balance_l2_after/balance_l2_before"
                                    " and balance_l1_after < balance_l1_before")  # fmt: skip


@claim("hH1-def.measured", place="Appendix H, text before Definition H.1", rests_on=["hH1-def"], kind="empirical")
def signs_change_minimally() -> Draft:
    """Tuning changes the signs of less than a tenth of the entries of Q and K."""
    return measured("ns-attention", "flipped_q < 1/10 and flipped_k < 1/10")
