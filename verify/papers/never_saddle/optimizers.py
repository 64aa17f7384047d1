"""Appendices A, B, F, H, I and J, Section 3: optimizers, margins and elementary remarks."""

from __future__ import annotations

import sympy

from theory import strong_convexity
from theory.adaptive import DecayedStep
from theory.matrix_product import MatrixProduct
from theory.product_margin import ProductMargin
from theory.reparameterizations import DeepDiagonal
from theory.set_valued import SignFlow
from theory.steepest_direction import SteepestDirection
from theory.stochastic_sign import TWO_VALUES
from verify.claim import Draft, claim, ill_posed, printed
from verify.papers.never_saddle import instances
from verify.papers.never_saddle.convergence import quadratic
from verify.papers.never_saddle.instances import adam, balance_law, divergence, parameterization


@claim("a-adam-sign", place="Appendix A", kind="identity")
def adam_without_memory() -> Draft:
    """With beta1 = beta2 = 0 and epsilon = 0 the step g/sqrt(g^2) is sign(g)."""
    return (
        printed("g/sqrt(g**2) == sign(g)", given=["g real"])
        .corrected(mend="added hypothesis", given=["g != 0"], note="At g = 0 the step is 0/0.")
        .derived(adam())
    )


@claim("a-eps0", place="Appendix A", rests_on=["a-adam-sign"], kind="identity")
def adam_without_epsilon() -> Draft:
    """Setting epsilon = 0 alone already gives a 'sign like' update; g1, g2 are the slopes of the first two steps."""
    rates = ["0 <= b1", "b1 < 1", "0 <= b2", "b2 < 1"]
    second = "(b1*{0} + {1})*(1 - b1)/(1 - b1**2)/sqrt((b2*({0})**2 + ({1})**2)*(1 - b2)/(1 - b2**2))"
    given = ["g1 != 0", "g2 != 0", *rates]
    return ill_posed(
        "'sign like' is not defined",
        [
            (
                "the first step, its means corrected, is sign(g)",
                printed("((1 - b1)*g/(1 - b1))/sqrt((1 - b2)*g**2/(1 - b2)) == sign(g)", given=["g != 0", *rates]),
            ),
            ("every step has size 1: the second has", printed(f"abs({second.format('g1', 'g2')}) == 1", given=given)),
            (
                "no step depends on the scale of the slopes: the second does not",
                printed(f"{second.format('(c*g1)', '(c*g2)')} == {second.format('g1', 'g2')}", given=[*given, "c > 0"]),
            ),
        ],
    ).derived(adam())


@claim("b-l2-gd", place="Appendix B", rests_on=["b-steepest-direction"], kind="identity")
def euclidean_descent() -> Draft:
    """At q = 2 the direction sign(g) |g|^(q-1) is g."""
    return printed("spow(g, 2 - 1) == g", given=["g real"]).derived(SteepestDirection().derivation())


@claim("b-steepest-direction", place="Appendix B, Eq. (8)", rests_on=["eq3-flow"], kind="identity")
def steepest_direction_attains_the_dual_norm() -> Draft:
    """u = -sign(g) |g|^(q-1) |g|_q^(2-q) gives <u, g> = -|g|_q^2.

    Each entry contributes -|g|^q N^(2-q), N = |g|_q = S^(1/q) and S the sum of the |g|^q.
    """
    return printed(
        "-(spow(g, q - 1)*N**(2 - q))*g == -abs(g)**q*N**(2 - q) and S*N**(2 - q) == N**2",
        given=["g real", "S > 0", "q > 1"],
        where={"N": "S**(1/q)"},
    ).covering("q > 1, the value").derived(SteepestDirection().derivation())


@claim("b-steepest-direction.norm", place="Appendix B, Eq. (8)", rests_on=["eq3-flow"], kind="identity")
def steepest_direction_has_the_dual_norm() -> Draft:
    """Its L_p norm is |g|_q, p = q/(q-1): each entry contributes |g|^q N^((2-q) p) to its power p."""
    return printed(
        "abs(spow(g, q - 1)*N**(2 - q))**p == abs(g)**q*N**((2 - q)*p) and (S*N**((2 - q)*p))**(1/p) == N",
        given=["g real", "S > 0", "q > 1"],
        where={"N": "S**(1/q)", "p": "q/(q - 1)"},
    ).covering("q > 1, the norm").derived(SteepestDirection().derivation())


@claim("b-steepest-direction.least", place="Appendix B, Eq. (8)", rests_on=["eq3-flow"], kind="inequality")
def nothing_below_the_dual_norm() -> Draft:
    """No u with |u|_p <= N = |g|_q goes below -N^2: a b <= a^p/p + b^q/q for the entries a = |u|/N, b = |g|/N, where a
    power adds up to at most 1 and to 1 over the entries; for a = v b^(q-1) that is v <= v^p/p + 1/q, times b^q.
    """
    return (
        printed(
            "v <= v**p/p + 1/q and (v*b**(q - 1))**p == v**p*b**q and A/p + 1/q <= 1",
            given=["v >= 0", "b >= 0", "A <= 1", "q > 1"],
            where={"p": "q/(q - 1)"},
        )
        .covering("q > 1")
        .derived(SteepestDirection().derivation())
    )


@claim("b-steepest-direction.sign", place="Appendix B, below Eq. (8)", rests_on=["eq3-flow"], kind="identity")
def steepest_direction_for_the_largest_entry() -> Draft:
    """For p = oo, q = 1 the steepest direction is -sign(g) |g|_1; here two entries."""
    size = "(abs(g1) + abs(g2))"
    bounds = [f"abs(u1) <= {size}", f"abs(u2) <= {size}"]
    least = f"u1*g1 + u2*g2 == -{size}**2"
    return (
        printed(
            f"implies({least}, u1 == -sign(g1)*{size} and u2 == -sign(g2)*{size})",
            given=["u1 real", "u2 real", "g1 real", "g2 real", *bounds],
        )
        .corrected(
            mend="added hypothesis",
            given=["u1 real", "u2 real", "g1 != 0", "g2 != 0", *bounds],
            note="Where an entry of the slope vanishes every value between the bounds is as steep: the flow for q = 1"
            " is an inclusion.",
            covering="two entries",
        )
        .derived(SteepestDirection().derivation())
    )


@claim("remB6-l1", place="Remark B.6", rests_on=["dB4-clarke"], kind="identity")
def slope_of_the_absolute_value() -> Draft:
    """Off zero the subdifferential of |u| is sign(u); at zero its slopes have the limits 1 and -1, and [-1, 1] is the
    hull. (That of a sum over coordinates is the box of these.)
    """
    return printed(
        "diff(abs(u), u) == sign(u) and limit(diff(abs(v), v), v, 0, '+') == 1"
        " and limit(diff(abs(v), v), v, 0, '-') == -1",
        given=["u != 0"],
    ).derived(SignFlow(1).derivation())


@claim("remB6-sign", place="Remark B.6", rests_on=["remB6-l1"], kind="identity")
def sign_of_the_slope() -> Draft:
    """sign(f') is the subdifferential of x -> |f'(x)|; here f = h x^2/2 off zero."""
    return (
        printed("diff(abs(h*x), x) == sign(h*x)", given=["x != 0", "h != 0"])
        .corrected(
            "diff(abs(u), u) == sign(u)",
            mend="replaced",
            given=["u != 0"],
            note="It is the subdifferential of |u| at u = f'(x); the chain rule in x brings in a factor f''.",
            covering="u != 0",
        )
        .derived(SignFlow(1).derivation())
    )


@claim("t34-statement", place="Theorem 3.4", rests_on=["d31-legendre"], kind="equivalence")
def limit_minimises_the_divergence() -> Draft:
    """The limit x0 + s Z^T has the least divergence from x0 over all of R^n; not at R = |x|^2/2, one row Z = (a, b)."""
    given = ["a real", "b real", "s real", "u real", "v real"]
    return (
        printed("(s*a)**2/2 + (s*b)**2/2 <= u**2/2 + v**2/2", given=given)
        .corrected(
            mend="added hypothesis",
            given=[*given, "a*u + b*v == s*(a**2 + b**2)"],
            note="The minimum is over the points with Z x = Y; over all of R^n it is 0, at x0. (u, v) is x - x0.",
            covering="R = |x|^2/2, two coordinates, one row Z",
        )
        .derived(divergence(instances.SQUARE))
    )


@claim("t34-statement.any-potential", place="Theorem 3.4", rests_on=["d31-legendre"], kind="inequality")
def limit_minimises_every_divergence() -> Draft:
    """Among the interpolants x the limit y has the least D(., x0), for any convex R and any data.

    a = <R'(x0), x - x0>, b = <R'(x0), y - x0> and c = <R'(y), x - y>; R'(y) - R'(x0) is a combination of the rows of Z,
    which x - y is orthogonal to, so that c = a - b.
    """
    return printed(
        "Ry - R0 - b <= Rx - R0 - a",
        given=["Rx real", "Ry real", "R0 real", "a real", "b real", "Rx >= Ry + c", "c == a - b"],
    ).derived(divergence(instances.SQUARE))


@claim("t34-statement.types", place="Theorem 3.4", kind="definition")
def objective_of_the_data() -> Draft:
    """The objective is f(x) = f(Z x) for some f on R^n, Z = (z_1, ..., z_k) with samples z_i of R^n."""
    counts = ["n >= 1 integer", "k >= 1 integer"]
    return ill_posed(
        "f stands for two functions, and Z = (z_1, ..., z_k) has n rows and k columns, so that Z x needs its transpose",
        [
            ("f on R^n takes the k products z_i^T x", printed("n == k", given=counts)),
            ("Z as printed times x: k columns, n entries", printed("k == n", given=counts)),
            (
                "f on R^k, Z^T x: the slope in x is a combination of the samples (two samples, one coordinate)",
                printed("diff(b*(z1*x) + c*(z2*x) + h*(z1*x)*(z2*x), x) == (b + h*z2*x)*z1 + (c + h*z1*x)*z2",
                        given=[f"{n} real" for n in ("x", "z1", "z2", "b", "c", "h")]),
            ),
        ],
    ).derived(divergence(instances.SQUARE))  # fmt: skip


@claim("b-homog", place="Appendix B, assumptions 1 to 3", kind="definition")
def product_is_homogeneous() -> Draft:
    """The product P of L layers is homogeneous of degree L: each layer gives up its factor c."""
    return (
        printed("Product(c, (i, 1, L))*P == c**L*P", given=["P real", "c > 0", "L >= 2 integer"])
        .covering("assumption 2")
        .derived(DeepDiagonal(3).derivation())
    )


@claim("ns2-b12-accuracy", place="Appendix B, assumption 3", kind="inequality")
def small_loss_classifies() -> Draft:
    """A sum of exp(-margin) below 1 makes every margin positive: exp(-a) + T < 1, T >= 0 the sum of the others."""
    return printed("implies(exp(-a) + T < 1, a > 0)", given=["a real", "T >= 0"])


@claim("intro-linf-depth-indep", place="Section 1; Appendix F", rests_on=["f1-statement"], kind="equivalence")
def objective_is_increasing() -> Draft:
    """t -> t^(2/L) is increasing, so that max |x_l|^(2/L) has the same minimisers at every depth."""
    return printed("implies(s < t, s**(2/L) < t**(2/L))", given=["s >= 0", "t > 0", "L >= 1 integer"]).derived(
        ProductMargin(3).derivation()
    )


@claim("f1-reduction", place="Theorem F.1, proof", kind="identity")
def norm_of_equal_layers() -> Draft:
    """Layers of equal size |w| and product x have |w| = |x|^(1/L)."""
    return printed("(abs(w)**L)**(1/L) == abs(w)", given=["w real", "L >= 1 integer"]).derived(
        ProductMargin(3).derivation()
    )


@claim("s4-c6-breaks", place="Corollary E.6, remark", rests_on=["tC6"], kind="classification")
def bracket_with_the_decay() -> Draft:
    """The bracket of grad g with grad h, h = |w|^2/2, is (2-L) grad g; here L = 3, first entry."""
    return (
        printed(
            "d - (w1*diff(d, w1) + w2*diff(d, w2) + w3*diff(d, w3)) == (2 - 3)*d",
            given=["w1 real", "w2 real", "w3 real"],
            where={"g": "w1*w2*w3", "d": "diff(g, w1)"},
        )
        .covering("L = 3, the entry of w1")
        .derived(parameterization("w1 w2 w3", "decay"))
    )


@claim("s4-c6-breaks.any-depth", place="Corollary E.6, remark", rests_on=["tC6"], kind="classification")
def bracket_with_the_decay_at_any_depth() -> Draft:
    """At every depth an entry d of grad g, homogeneous of degree L - 1 in w, has the bracket d - (L-1) d = (2-L) d,
    which vanishes for L = 2 alone where d does not.
    """
    return printed(
        "d - diff(c**(L - 1)*d, c) == (2 - L)*d and implies(d != 0 and (2 - L)*d == 0, L == 2)",
        given=["c == 1", "d real", "L >= 2 integer"],
    ).derived(parameterization("w1 w2 w3", "decay"))


@claim("h-sign", place="Appendix H", kind="identity")
def sign_is_not_multiplicative() -> Draft:
    """In general sign(W1 W2) differs from sign(W1) sign(W2): a row (a, b) and a column of ones show it."""
    return printed("exists(a, exists(b, sign(a*1 + b*1) != sign(a)*1 + sign(b)*1))").derived(
        MatrixProduct(1, 2, 1).derivation()
    )


@claim("h-l2-balance", place="Appendix H", kind="dynamics")
def matrix_balance_of_gradient_flow() -> Draft:
    """Under gradient flow with decay r the balance of the squared norms of a row and a column decays at rate 2 r."""
    balance = "a**2 + b**2 - c**2 - d**2"
    return (
        printed(
            f"ddt({balance}) == -2*r*({balance})",
            given=["a real", "b real", "c real", "d real", "g real", "r >= 0"],
            flow={"a": "-g*c - r*a", "b": "-g*d - r*b", "c": "-g*a - r*c", "d": "-g*b - r*d"},
        )
        .covering("a row and a column of two entries")
        .derived(MatrixProduct(1, 2, 1).derivation())
    )


@claim("i-noise-mean", place="Appendix I", kind="identity")
def mean_of_the_noisy_gradient() -> Draft:
    """g = -0.01 or 0.03 with equal chances has mean 0.01."""
    return printed("(-0.01 + 0.03)/2 == 0.01").derived(TWO_VALUES.derivation())


@claim("i-noise-sign", place="Appendix I", kind="identity")
def mean_sign_of_the_noisy_gradient() -> Draft:
    """Its mean has the sign 1, its sign has the mean 0."""
    return printed("sign((-0.01 + 0.03)/2) == 1 and (sign(-0.01) + sign(0.03))/2 == 0").derived(TWO_VALUES.derivation())


@claim("ns2-i-majority", place="Appendix I", kind="identity")
def mean_sign_step() -> Draft:
    """The mean sign is P(g > 0) - P(g < 0)."""
    return printed("p*1 + r*(-1) + (1 - p - r)*0 == p - r", given=["p >= 0", "r >= 0", "p + r <= 1"]).derived(
        TWO_VALUES.derivation()
    )


@claim("disc-signgd", place="Section 5, Appendix I", rests_on=["l45-q1"], kind="identity")
def one_step_of_sign_descent() -> Draft:
    """While no weight changes sign a step of sign descent preserves |w1| - |w2|, r the product of the other layers."""
    return printed(
        "abs(w1 - eta*sign(g*w2*r)) - abs(w2 - eta*sign(g*w1*r)) == abs(w1) - abs(w2)",
        given=["abs(w1) > eta", "abs(w2) > eta", "eta > 0", "g real", "r real"],
    ).derived(balance_law(2))


@claim("j-stationarity", place="Appendix J", rests_on=["eq5-flow"], kind="inequality")
def stationary_points_of_sign_flow() -> Draft:
    """|x| <= 1/a at rest, where every layer has |w_i| <= 1/a; here two layers."""
    return (
        printed("abs(w1*w2) <= 1/a", given=["abs(w1) <= 1/a", "abs(w2) <= 1/a", "a > 0"])
        .corrected(
            "abs(P*w) <= 1/a**L",
            mend="constant",
            given=["a > 0", "P real", "w real", "abs(P) <= 1/a**(L - 1)", "abs(w) <= 1/a", "L >= 2 integer"],
            note="Each layer is bounded by 1/a, and so the product of L layers by 1/a^L, if that P of L - 1 is by"
            " 1/a^(L-1).",
        )
        .derived(DecayedStep().derivation())
    )


@claim("ns2-j-alpha", place="Appendix J against Algorithm 1", kind="equivalence")
def slope_of_the_penalty() -> Draft:
    """The penalty a w^2 has the slope a w, the coupled term of Algorithm 1 with the same a."""
    return (
        printed("diff(a*w**2, w) == a*w", given=["a > 0", "w real"])
        .corrected("diff(a*w**2, w) == 2*a*w", mend="constant", note="The two coefficients differ by the factor 2.")
        .derived(DecayedStep().derivation())
    )


@claim("t42-sign-zero", place="Theorem 4.2, proof", kind="identity")
def slope_vanishes_only_at_the_minimiser() -> Draft:
    """For a Lam-strongly convex f the sign of the slope vanishes only at x*.

    A slope g of sign 0 is 0; and with G = |f'|, d = |x - x*| and p = <f', x - x*>, Lam d^2 <= p <= G d.
    """
    return printed(
        "implies(sign(g) == 0, g == 0) and implies(G == 0, d == 0)",
        given=["g real", "G >= 0", "d >= 0", "p real", "Lam > 0", "p >= Lam*d**2", "p <= G*d"],
    ).derived(strong_convexity.derivation(instances.X, sympy.Symbol("Lam", positive=True)))


@claim("t42-linear-rate.any-loss", place="Theorem 4.2", rests_on=["t42-pl"], kind="dynamics")
def linear_rate_of_the_loss() -> Draft:
    """Where D = f - f* falls at least at the rate mu B^(q-2) Lam D, D exp(mu B^(q-2) Lam t) never grows."""
    return printed(
        "ddt(D*exp(mu*B**(q - 2)*Lam*t)) <= 0",
        given=["D real", "h >= mu*B**(q - 2)*Lam*D", "t real", "mu > 0", "B > 0", "Lam > 0", "1 <= q <= 2"],
        flow={"D": "-h", "t": "1"},
    ).derived(quadratic().derivation())


@claim("t42-linear-rate.iterates", place="Theorem 4.2", rests_on=["t42-pl", "t42-qg"], kind="inequality")
def linear_rate_of_the_iterates() -> Draft:
    """The iterates have the rate r = mu B^(q-2) Lam too, of which the proof gives half: N = |f'|^2 >= 2 Lam D lets the
    loss D fall at the rate 2 r, and d = |x - x*|^2 <= (2/Lam) D0 R^2, R = exp(-r t), has the root sqrt(2 D0/Lam) R.
    """
    return printed(
        "-mu*B**(q - 2)*N <= -2*mu*B**(q - 2)*Lam*D and implies(d <= 2/Lam*D0*R**2, sqrt(d) <= sqrt(2*D0/Lam)*R)",
        given=["N/2 >= Lam*D", "D >= 0", "D0 >= 0", "d >= 0", "R > 0", "Lam > 0", "mu > 0", "B > 0", "1 <= q <= 2"],
    ).derived(quadratic().derivation())


@claim("t42-linear-rate", place="Theorem 4.2", rests_on=["t42-pl", "t42-qg"], kind="dynamics")
def linear_rate_on_the_sign_flow() -> Draft:
    """On the sign flow of x^2/2 (mu = Lam = 1, B >= x0) the loss is at most f(x0) exp(-t/B)."""
    given = ["x0 > 0", "B >= x0", "0 <= t", "t <= x0"]
    draft = printed("(x0 - t)**2/2 <= x0**2/2*exp(-t/B)", given=given).covering("q = 1, f = R = x^2/2")
    return draft.derived(quadratic().derivation())


@claim("t42-linear-rate.gradient-flow", place="Theorem 4.2", rests_on=["t42-pl", "t42-qg"], kind="dynamics")
def linear_rate_on_the_gradient_flow() -> Draft:
    """On the gradient flow of Lam x^2/2 (mu = 1, q = 2) the loss is at most f(x0) exp(-Lam t)."""
    statement = "Lam*(x0*exp(-Lam*t))**2/2 <= Lam*x0**2/2*exp(-Lam*t)"
    draft = printed(statement, given=["x0 real", "Lam > 0", "t >= 0"]).covering("q = 2, f = Lam x^2/2, mu = 1")
    return draft.derived(quadratic().derivation())
