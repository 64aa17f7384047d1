"""Sections 5 and 6, Appendix J: what the experiments and the figures show.

A measured claim names an experiment and the relation between its quantities that is expected, fixed before the run. The
size of a neuron is |a_j| |w_j|_2; the effective number of neurons is (sum of sizes)^2/(sum of their squares).
"""

from __future__ import annotations

import sympy

from theory.neuron_cost import NeuronCost
from verify.claim import Draft, claim, measured, printed

p = sympy.Symbol("p", positive=True)
# (1 + h)^p + (1 - h)^p is two at h = 0 and rises from there: equal parts have strictly less
RISING = "diff((1 + h)**{0} + (1 - h)**{0}, h) > 0 and (1 + 0)**{0} + (1 - 0)**{0} == 2"


@claim("mf-sec6-p2-dense", place="Section 6", rests_on=["mf-thm-4.9-sparse-dense"], kind="classification")
def equal_weights_have_the_least_norm() -> Draft:
    """L_p max-margin with p >= 2 encourages dense weights of similar size: of two weights with a given sum equal ones
    have the strictly least p-norm; they are in the proportion of 1 + h to 1 - h."""
    return (
        printed(RISING.format("p"), given=["p >= 2", "0 < h", "h < 1"])
        .covering("two weights on features of equal worth, both positive")
        .derived(NeuronCost(p).derivation())
    )


@claim("mf-sec6-p2-dense.neurons", place="Section 6", rests_on=["mf-thm-4.9-sparse-dense"], kind="classification")
def equal_neurons_have_the_least_norm() -> Draft:
    """The same for the sizes of neurons, where the objective of Theorem 4.9 is the sum of the sizes to the power
    p/2."""
    statement = RISING.format("(p/2)")
    given = ["0 < h", "h < 1"]
    return (
        printed(statement, given=["p >= 2", *given])
        .corrected(
            RISING.format("q"),
            mend="added hypothesis",
            given=["q > 1", *given],
            note="With q = p/2. At p = 2 the objective is the sum of the sizes: it prefers no distribution over"
            " another.",
            covering="two neurons",
        )
        .derived(NeuronCost(p).derivation())
    )


@claim("mf-J1-rescaled-lr", place="Appendix J.1", kind="definition")
def rate_is_rescaled_with_the_loss() -> Draft:
    """From a loss of 0.1 on the step is 0.1 eta/loss: it is eta at 0.1, rises as the loss falls, and neither it nor the
    loss leaves the normal numbers of float64, of 2^-1022 to 2^1024, down to a loss of 1e-50; eta is at most 1."""
    return printed(
        "1/10*eta/(1/10) == eta and implies(k <= F, 1/10*eta/F <= 1/10*eta/k)"
        " and 10**(-50) > 2**(-1022) and 1/10*eta/10**(-50) < 2**1023",
        given=["0 < eta", "eta <= 1", "F > 0", "k > 0"],
    )


@claim("mf-sec5-fig3", place="Section 5, Figure 3", rests_on=["mf-lem-4.10-hom"], kind="empirical")
def smoothing_keeps_the_representation_near_that_of_gradient_descent() -> Draft:
    """p = 3 after a fixed time: with lambda = 10 the effective number of neurons is nearer to that of gradient descent
    than with lambda = 0.1."""
    return measured("mf-figure-3", "abs(neurons_ten - neurons_gd) < abs(neurons_tenth - neurons_gd)")


@claim("mf2-fig1-lambda-scale.measured", place="Figure 1, right", rests_on=["mf2-fig1-lambda-scale"], kind="empirical")
def level_sets_reach_the_horizon_later_with_more_smoothing() -> Draft:
    """The size from which on a level set of the entropy has the shape of the horizon grows with lambda = 1/10, 1, 10,
    in proportion to its root."""
    return measured("mf-figure-1", "size_1 < size_2 and size_2 < size_3 and scale_error < 1/10**6")


@claim("mf-sec5-fig2", place="Section 5, Figure 2, left", rests_on=["mf-thm-4.9-sparse-dense"], kind="empirical")
def entropy_uses_fewer_neurons() -> Draft:
    """The student of two layers: the entropy uses fewer effective neurons than gradient descent, p = 3 more."""
    return measured("mf-figure-2", "neurons_hyp < neurons_gd and neurons_gd < neurons_hom")


@claim("mf-sec5-fig2.margins", place="Section 5, Figure 2, right", rests_on=["mf-thm-4.5-mono"], kind="empirical")
def margins_of_the_methods_are_ordered_at_the_end() -> Draft:
    """The student of three layers: at the end each method leads in the margin of its own horizon."""
    return measured(
        "mf-figure-2",
        "hyp_l1 > gd_l1 and hyp_l1 > hom_l1 and gd_l2 > hyp_l2 and gd_l2 > hom_l2 and hom_l3 > hyp_l3 and hom_l3"
        " > gd_l3",
    )


@claim("mf-fig4-pruning", place="Section 5, Figure 4, middle", kind="empirical")
def entropy_can_be_pruned_further() -> Draft:
    """Of the weights of the largest magnitude alone the entropy keeps more accuracy than gradient descent, p = 10
    less."""
    return measured(
        "mf-figure-4", "accuracy_pruned_hyp > accuracy_pruned_gd and accuracy_pruned_gd > accuracy_pruned_p10"
    )


@claim("mf-fig5-representation", place="Appendix J.1, Figure 5", rests_on=["mf-cor-H3"], kind="empirical")
def large_smoothing_of_the_entropy_spreads_the_neurons() -> Draft:
    """Entropy after a fixed time: lambda = 1 has more effective neurons than lambda = 0.01."""
    return measured("mf-figure-5", "neurons_one > neurons_hundredth")


@claim("mf-fig6-representation", place="Appendix J.1, Figure 6", rests_on=["mf-cor-H4.root"], kind="empirical")
def large_smoothing_of_the_potential_keeps_the_neurons() -> Draft:
    """p = 3 after a fixed time: lambda = 10 is nearer to gradient descent in effective neurons than lambda = 0.1."""
    return measured("mf-figure-6", "abs(neurons_ten - neurons_gd) < abs(neurons_tenth - neurons_gd)")


@claim("mf-fig7-long-training", place="Appendix J.1, Figure 7", rests_on=["mf-cor-H4.root"], kind="empirical")
def long_training_does_not_change_the_representation() -> Draft:
    """lambda = 10: ten times the training changes the effective number of neurons by less than a tenth."""
    return measured("mf-figure-7", "abs(neurons_t5 - neurons_t4) < neurons_t4/10")


@claim(
    "mf-fig8-magnitudes", place="Appendix J.2, Figures 8 to 10", rests_on=["mf-thm-4.9-sparse-dense"], kind="empirical"
)
def magnitudes_of_the_layers_shift() -> Draft:
    """Three layers: in each layer the effective share of weights is smallest for the entropy, largest for p = 3."""
    parts = [f"share_hyp_{k} < share_gd_{k} and share_gd_{k} < share_hom_{k}" for k in (1, 2, 3)]
    return measured("mf-figure-8", " and ".join(parts))


@claim("mf-fig12-representation", place="Appendix J.2, Figure 12", rests_on=["mf-cor-H3"], kind="empirical")
def large_smoothing_of_the_deep_entropy_spreads_the_neurons() -> Draft:
    """The student of three layers: the entropy with lambda = 1 has more effective neurons than with 0.01."""
    return measured("mf-figure-12", "neurons_one > neurons_hundredth")


@claim("mf-fig13-representation", place="Appendix J.2, Figure 13", rests_on=["mf-cor-H4.root"], kind="empirical")
def large_smoothing_of_the_deep_potential_keeps_the_neurons() -> Draft:
    """The student of three layers, p = 3: lambda = 10 is nearer to gradient descent in effective neurons than 0.1."""
    return measured("mf-figure-13", "abs(neurons_ten - neurons_gd) < abs(neurons_tenth - neurons_gd)")
