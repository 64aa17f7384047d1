"""Theorem 4.3 (D.2): the saddle points that the deep diagonal product adds.

P (or r) is the product of all the layers that are not named, so that a statement holds for products of any depth. The
loss enters through f' and f'' at one point alone, for which f = b x + c x^2/2 stands: at x these are any two numbers.
"""

from __future__ import annotations

from theory.metric import InverseMetric
from theory.saddles import ProductLandscape
from verify.claim import Draft, claim, printed


@claim("d2-grad", place="Theorem D.2, proof, first display", kind="identity")
def gradient_of_the_product() -> Draft:
    """The gradient in w is the sum over i of prod_{j != i} w_j, times f'(x); here the entry of w1, f = bx + cx^2/2."""
    given = ["w1 real", "w2 real", "w3 real", "b real", "c real"]
    where = {"x": "w1*w2*w3", "f": "b*x + c*x**2/2"}
    return (
        printed("diff(f, w1) == (w2*w3 + w1*w3 + w1*w2)*(b + c*x)", given=given, where=where)
        .corrected(
            "diff(f, w1) == w2*r*(b + c*x) and diff(f, w2) == w1*r*(b + c*x)",
            mend="misprint",
            given=["w1 real", "w2 real", "r real", "b real", "c real"],
            where={"x": "w1*w2*r", "f": "b*x + c*x**2/2"},
            note="The gradient is the list of the terms of the sum, one entry a layer, not their sum.",
        )
        .derived(ProductLandscape(3).derivation())
    )


@claim("d2-two-zero", place="Theorem D.2, proof", rests_on=["d2-grad"], kind="identity")
def critical_points_have_two_zero_layers() -> Draft:
    """Where f'(x) != 0 a critical point has at least two zero layers (three layers, one coordinate)."""
    draft = printed(
        "implies(w2*w3*f1 == 0 and w1*w3*f1 == 0 and w1*w2*f1 == 0,"
        " (w1 == 0 and w2 == 0) or (w1 == 0 and w3 == 0) or (w2 == 0 and w3 == 0))",
        given=["w1 real", "w2 real", "w3 real", "f1 != 0"],
    )
    return draft.covering("L = 3").derived(ProductLandscape(3).derivation())


@claim("d2-two-zero.any-depth", place="Theorem D.2, proof", rests_on=["d2-grad"], kind="identity")
def zero_layers_come_in_pairs() -> Draft:
    """Where f'(x) != 0 and the entry P f'(x) of a layer vanishes, the product P of the other layers does.

    So some layer is zero, and beside every zero layer there is another.
    """
    return printed("implies(P*f1 == 0, P == 0)", given=["P real", "f1 != 0"]).derived(ProductLandscape(3).derivation())


@claim("d2-hessian", place="Theorem D.2, proof", rests_on=["d2-grad"], kind="identity")
def hessian_at_two_zero_layers() -> Draft:
    """Where w1 = w2 = 0 the Hessian is f'(0) w3 w4 r at (1, 2) and (2, 1), and 0 elsewhere."""
    twice = [f"diff(f, w{i}, 2) == 0" for i in range(1, 5)]
    mixed = [f"diff(diff(f, w{i}), w{j}) == 0" for i in range(1, 5) for j in range(i + 1, 5) if (i, j) != (1, 2)]
    return printed(
        " and ".join(["diff(diff(f, w1), w2) == b*w3*w4*r", *twice, *mixed]),
        given=["w1 == 0", "w2 == 0", "w3 != 0", "w4 != 0", "r != 0", "b real", "c real"],
        where={"x": "w1*w2*w3*w4*r", "f": "b*x + c*x**2/2"},
    ).derived(ProductLandscape(4).derivation())


@claim("d2-hessian.general", place="Theorem D.2, proof", rests_on=["d2-grad"], kind="identity")
def mixed_derivative_of_the_product() -> Draft:
    """The mixed derivative of f in w1 and w2 for x = w1 w2 r, at every point: f'' w1 w2 r^2 + f' r."""
    return printed(
        "diff(diff(f, w1), w2) == c*w1*w2*r**2 + (b + c*w1*w2*r)*r",
        given=["w1 real", "w2 real", "r real", "b real", "c real"],
        where={"f": "b*(w1*w2*r) + c*(w1*w2*r)**2/2"},
    ).derived(ProductLandscape(3).derivation())


@claim("d2-eigs", place="Theorem D.2, proof, last lines", rests_on=["d2-hessian"], kind="identity")
def eigenvalues_of_the_block() -> Draft:
    """The block with the entry P = prod of the other layers off its diagonal has the eigenvalues +sqrt(P), -sqrt(P)."""
    given = ["P != 0", "e real"]
    where = {"polynomial": "(0 - e)*(0 - e) - P*P"}
    return (
        printed("implies(e == sqrt(P) or e == -sqrt(P), polynomial == 0)", given=[*given, "P > 0"], where=where)
        .corrected(
            "implies(e == P or e == -P, polynomial == 0) and implies(polynomial == 0, e == P or e == -P)",
            mend="misprint",
            given=given,
            note="The eigenvalues are plus and minus the product itself; its root need not be real.",
        )
        .derived(ProductLandscape(4).derivation())
    )


@claim("d2-saddle", place="Theorem D.2", rests_on=["dD1-saddle", "d2-index", "d2-hessian"], kind="classification")
def points_with_two_zero_layers_are_saddles() -> Draft:
    """Where f'(0) != 0 every point of S is a saddle: the mixed derivative of the two zero layers does not vanish in
    every coordinate. Here u, v are zero, w is a layer that is not, and f has the slope b, both of two coordinates.
    """
    zero = ["u1 == 0", "u2 == 0", "v1 == 0", "v2 == 0"]
    vectors = ["w1 real", "w2 real", "w1**2 + w2**2 > 0", "b1 real", "b2 real", "b1**2 + b2**2 > 0"]
    return (
        printed(
            "diff(diff(f, u1), v1) != 0 or diff(diff(f, u2), v2) != 0",
            given=[*zero, *vectors],
            where={"f": "b1*u1*v1*w1 + b2*u2*v2*w2"},
        )
        .corrected(
            "2*(f1*P)*1*(-sign(f1*P)) < 0",
            mend="added hypothesis",
            given=["P != 0", "f1 != 0"],
            where={},
            note="The layers that are not zero as vectors may have zero entries where f'(0) has none; the Hessian is"
            " then zero. In a coordinate where no entry P of their product and no slope f1 vanishes, the quadratic form"
            " of the block takes a negative value at (1, -sign(f1 P)), at any depth.",
        )
        .derived(ProductLandscape(4).derivation())
    )


@claim("r44-metric", place="Remark 4.4", rests_on=["chain-dx"], kind="inequality")
def metric_near_the_saddles() -> Draft:
    """Near the set S (weights u small) the metric term |u|^q is smaller for larger q."""
    return printed("abs(u)**q2 < abs(u)**q1", given=["u != 0", "abs(u) < 1", "1 <= q1", "q1 < q2"]).derived(
        InverseMetric(3).derivation()
    )
