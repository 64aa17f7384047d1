"""Tables 2 to 4 and 6 to 12: what the text says of the numbers that are printed there.

The numbers stand under the names of their rows and columns, and the statement is the relation in the text: an order is
a gap that is positive. They are the paper's: nothing here is measured.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from theory.adaptive import DecayedStep
from theory.displacement import Displacement
from theory.matrix_product import MatrixProduct
from verify.claim import Draft, claim, ill_posed, printed
from verify.papers.never_saddle.instances import balance_law
from verify.papers.reported import reported


def columns(names: Sequence[str], rows: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """row_name -> value"""
    return {f"{row}_{n}": v for row, values in rows.items() for n, v in zip(names, values, strict=True)}


PRINTED = reported("never-saddle")

TABLE3 = PRINTED.block("table-3").numbers()  # the two columns of changes, for the 8B, 3B and 1B models

# distance to the predicted balance (depths 2 and 10) and to the ground truth; first is the column alpha_1, second the
# column alpha_2, the digit is the strength 1e-digit
BALANCE = PRINTED.block("table-4-balance").numbers()
TRUTH = PRINTED.block("table-4-truth").numbers()

# accuracies (and half-widths) of AdamW and of Adam with coupled decay, by depth and strength 1e-digit
SPARSITY = {
    f"{table}_{name}": value
    for table, block in (("six", "table-6"), ("seven", "table-7"))
    for name, value in PRINTED.block(block).numbers("_ci").items()
}

# Tables 8 to 12, the columns SGD (small rate), SGD (best rate), Adam
_COLUMNS = ("small", "large", "adam")
TABLES = (8, 9, 10, 11, 12)
_BLOCKS = {k: PRINTED.block(f"table-{k}") for k in TABLES}
ACCURACY = {k: block.values["accuracy"] for k, block in _BLOCKS.items()}
WIDTH = {k: block.widths["accuracy"] for k, block in _BLOCKS.items()}
L1 = {k: block.values["l1"] for k, block in _BLOCKS.items()}
L2 = {k: block.values["l2"] for k, block in _BLOCKS.items()}


def of(kind: str, values: Mapping[int, Sequence[str]], tables: Sequence[int] = TABLES) -> dict[str, str]:
    return columns(_COLUMNS, {f"{kind}{k}": values[k] for k in tables})


def gaps(text: str) -> str:
    """The relations of the text, joined by "and", each as a difference that is compared with 0."""
    return " and ".join(_gap(part) for part in text.split(" and "))


def _gap(relation: str) -> str:
    for sign in (" <= ", " == ", " < ", " > "):
        left, found, right = relation.partition(sign)
        if found:
            return f"{left} - ({right}){sign}0"
    raise ValueError(f"no relation: {relation}")


def said(text: str, numbers: Mapping[str, str]) -> Draft:
    """The printed statement about numbers of the tables."""
    return printed(gaps(text), where=numbers)


def every(text: str, tables: Sequence[int] = TABLES) -> str:
    """The relation for each of the tables, # standing for the number of the table."""
    return " and ".join(text.replace("#", str(k)) for k in tables)


@claim("a-labels", place="Algorithms 1 and 2, titles", rests_on=["tab4-labels"], kind="definition")
def names_of_the_two_decays() -> Draft:
    """alpha_1 is the coupled decay, the slope of alpha_1 x^2/2 inside the gradient; alpha_2 is the decoupled one, which
    shrinks x by the factor 1 - eta alpha_2 beside the step s.
    """
    return printed(
        "diff(b*x + c*x**2/2 + a1*x**2/2, x) == b + c*x + a1*x and x - eta*s - eta*a2*x == (1 - eta*a2)*x - eta*s",
        given=["x real", "b real", "c real", "s real", "a1 >= 0", "a2 >= 0", "eta > 0"],
    ).derived(DecayedStep().derivation())


@claim("tab4-labels", place="Appendix I, Table 4 against Algorithms 1 and 2", kind="definition")
def names_of_the_two_decays_in_the_experiment() -> Draft:
    """In Appendix I alpha_1 is the decoupled decay and alpha_2 the coupled one."""
    pairs = [f"{d}_{{0}}{s} < {d}_{{1}}{s}" for d in ("two", "ten") for s in (4, 3, 2)]
    kept = " and ".join(pairs)
    return ill_posed(
        "Algorithms 1 and 2 give the two names to the opposite decays; decoupled decay must keep the balance better",
        [
            ("as in Appendix I, alpha_1 decoupled", said(kept.format("first", "second"), BALANCE)),
            ("as in the algorithms, alpha_2 decoupled", said(kept.format("second", "first"), BALANCE)),
        ],
    ).derived(balance_law(2))


@claim("tab4-balance", place="Appendix I, Table 4", rests_on=["l45-q1", "tab4-labels"], kind="empirical")
def coupled_decay_breaks_the_balance() -> Draft:
    """The distance to the predicted balance increases with coupled decay (alpha_2) and is smaller with decoupled decay
    of the same strength.
    """
    rising = [f"{d}_none < {d}_second4 and {d}_second4 < {d}_second3 and {d}_second3 < {d}_second2"
              for d in ("two", "ten")]  # fmt: skip
    smaller = [f"{d}_first{s} < {d}_second{s}" for d in ("two", "ten") for s in (4, 3, 2)]
    return (
        said(" and ".join([*rising, *smaller]), BALANCE).covering("the printed numbers, L > 1").derived(balance_law(2))
    )


@claim("tab4-balance.stays", place="Appendix I, Table 4, caption", rests_on=["l45-q1", "tab4-labels"], kind="empirical")
def decoupled_decay_keeps_the_balance() -> Draft:
    """With decoupled decay the product stays close to the predicted balance."""
    rows = [(d, s) for d in ("two", "ten") for s in (4, 3, 2)]
    return ill_posed(
        "'close' has no scale",
        [
            ("below a hundredth", said(" and ".join(f"{d}_first{s} < 0.01" for d, s in rows), BALANCE)),
            (
                "as close as without decay, within a factor of two",
                said(" and ".join(f"{d}_first{s} <= 2*{d}_none" for d, s in rows), BALANCE),
            ),
        ],
    ).derived(balance_law(2))


@claim("tab4-gt", place="Appendix I, text before 'The benefit of noise'", kind="empirical")
def deep_products_with_decoupled_decay_recover_best() -> Draft:
    """Depth 10 with decoupled decay 1e-2 has the smallest distance to the ground truth of all rows."""
    best = "ten_first2"
    return said(" and ".join(f"{best} < {r}" for r in TRUTH if r != best), TRUTH).covering("the printed numbers")


@claim("j-tables67", place="Appendix J, Tables 6 and 7", kind="empirical")
def coupled_decay_costs_accuracy() -> Draft:
    """Adam with coupled decay loses accuracy as the decay grows, beyond the intervals, and as the depth does."""

    def rows(name: str, depths: Sequence[str]) -> list[str]:
        strong = [f"{name}{d}s1_c + {name}{d}s1_c_ci < {name}{d}s4_c - {name}{d}s4_c_ci" for d in depths]
        pairs = itertools.pairwise(depths)
        return strong + [f"{name}{b}{s}_c < {name}{a}{s}_c" for a, b in pairs for s in ("s1", "s4")]

    statement = " and ".join([*rows("six_", ("d2", "d4", "d10")), *rows("seven_", ("d2", "d10"))])
    return said(statement, SPARSITY).covering("the printed numbers")


@claim("j-tables67.below-decoupled", place="Appendix J, text on Table 7", kind="empirical")
def coupled_decay_is_below_decoupled_decay() -> Draft:
    """'The same behavior' in Table 7 as in Table 6: coupled decay is the less accurate one in every row."""
    rows = [("six", k) for k in ("d2s1", "d2s4", "d4s1", "d4s4", "d10s1", "d10s4")]
    rows += [("seven", k) for k in ("d2s1", "d2s4", "d10s1", "d10s4")]
    return said(" and ".join(f"{t}_{k}_c < {t}_{k}_w" for t, k in rows), SPARSITY).corrected(
        gaps(
            " and ".join(f"{t}_{k}_c < {t}_{k}_w" for t, k in rows if (t, k) != ("seven", "d2s4"))
            + " and seven_d2s4_c > seven_d2s4_w"
        ),
        mend="added hypothesis",
        note="On ImageNet at depth 2 with decay 1e-4 coupled decay is ahead, by 0.03 points.",
        covering="the printed numbers",
    )


@claim("k-consistency", place="Tables 2, 8 and 9; learning rates of Appendix K", kind="empirical")
def tables_agree() -> Draft:
    """Table 2 repeats the accuracies of Tables 8 and 9, and the rates of Tables 8 to 12 belong to the sweeps."""
    two = {f"two{k}_{n}": v for k, row in ((8, ("19.15", "93.60", "95.19")), (9, ("1.22", "62.13", "80.50")))
           for n, v in zip(_COLUMNS, row, strict=True)}  # fmt: skip
    rates = {"adam8": "0.001", "sgd8": "0.8", "adam9": "0.002", "sgd9": "0.4", "adam10": "0.0001", "sgd10": "0.01",
             "adam12": "0.00007", "sgd12": "0.1"}  # fmt: skip
    resnet_adam, resnet_sgd = ("0.0008", "0.001", "0.002", "0.003"), ("0.01", "0.05", *(f"0.{k}" for k in range(1, 10)))
    sweeps = {"adam8": resnet_adam, "adam9": resnet_adam, "sgd8": resnet_sgd, "sgd9": resnet_sgd,
              "adam10": ("0.00009", "0.0001", "0.0005"), "sgd10": ("0.001", "0.005", "0.01", "0.05", "0.1"),
              "adam12": ("0.00005", "0.00007", "0.00009"), "sgd12": ("0.01", "0.05", "0.1", "0.5")}  # fmt: skip
    chosen = " and ".join("(" + " or ".join(f"{n} - {v} == 0" for v in values) + ")" for n, values in sweeps.items())
    same = " and ".join(f"two{k}_{c} == acc{k}_{c}" for k in (8, 9) for c in _COLUMNS)
    return printed(f"{gaps(same)} and {chosen}", where={**two, **of("acc", ACCURACY, (8, 9)), **rates})


@claim("k-l1-adam", place="Appendix K, Tables 8 to 12", kind="empirical")
def adam_travels_farther() -> Draft:
    """In every table Adam's L1 distance is larger than both of SGD's."""
    text = "l1t#_small < l1t#_adam and l1t#_large < l1t#_adam"
    return said(every(text), of("l1t", L1)).covering("the printed numbers").derived(Displacement().derivation())


@claim("ns2-k-uniform", place="Appendix K, K.1, K.2", rests_on=["k-norms"], kind="empirical")
def adam_moves_more_uniformly() -> Draft:
    """Adam's parameters move more uniformly than SGD's in every table: the ratio of L1 to L2 is larger."""
    small = "l1t#_small/l2t#_small < l1t#_adam/l2t#_adam"
    large = "l1t#_large/l2t#_large < l1t#_adam/l2t#_adam"
    return (
        said(every(f"{small} and {large}"), {**of("l1t", L1), **of("l2t", L2)})
        .corrected(
            gaps(
                f"{every(f'{small} and {large}', TABLES[:-1])} and {every(large, (12,))}"
                " and l1t12_small/l2t12_small > l1t12_adam/l2t12_adam"
            ),
            mend="added hypothesis",
            note="In Table 12 SGD with the small rate moves more uniformly than Adam; a larger L1 does not show it.",
            covering="the printed numbers",
        )
        .derived(Displacement().derivation())
    )


@claim("ns2-k-sgd-stays", place="Appendix K", kind="empirical")
def slow_sgd_stays_near_its_start() -> Draft:
    """SGD with the small rate stays near its start: its L2 distance is the smallest of the three in every table."""
    text = "l2t#_small < l2t#_large and l2t#_small < l2t#_adam"
    return (
        said(every(text), of("l2t", L2))
        .corrected(
            gaps(
                every(text, TABLES[2:])
                + " and l2t8_small > l2t8_large and l2t8_small > l2t8_adam and l2t9_small > l2t9_large"
            ),
            mend="added hypothesis",
            note="In Table 8 it has the largest L2 distance, in Table 9 a larger one than SGD with the best rate.",
            covering="the printed numbers",
        )
        .derived(Displacement().derivation())
    )


@claim("ns2-k-acc", place="Appendix K, Tables 8 to 12", kind="empirical")
def adam_is_the_most_accurate() -> Draft:
    """Adam has the highest mean accuracy in every table."""
    text = "acc#_small < acc#_adam and acc#_large < acc#_adam"
    return said(every(text), of("acc", ACCURACY)).covering("the printed means")


@claim("ns2-k-acc.intervals", place="Appendix K, K.1", kind="empirical")
def adam_is_consistently_more_accurate() -> Draft:
    """'Adam consistently achieves higher validation accuracy than SGD.'"""
    numbers = {**of("acc", ACCURACY), **of("ci", WIDTH)}
    beyond = "acc#_large + ci#_large < acc#_adam - ci#_adam"
    return ill_posed(
        "it is not said whether the means are compared or the intervals around them",
        [
            ("the means, in Tables 8 to 12", said(every("acc#_large < acc#_adam"), numbers)),
            ("the intervals, in Tables 8, 9 and 11", said(every(beyond, (8, 9, 11)), numbers)),
            ("the intervals, in Tables 10 and 12", said(every(beyond, (10, 12)), numbers)),
        ],
    )


@claim("h-table3", place="Table 3, text of Appendix H", rests_on=["h-delta"], kind="empirical")
def sums_of_sizes_change_more() -> Draft:
    """In every row of Table 3 the L1 balance is reduced by more than the L2 balance."""
    return (
        said(" and ".join(f"{m}_l1 < {m}_l2" for m in ("m8b", "m3b", "m1b")), TABLE3)
        .covering("the printed numbers")
        .derived(MatrixProduct(1, 2, 1).derivation())
    )


@claim("h-table3.units", place="Table 3, text of Appendix H", rests_on=["h-delta"], kind="inequality")
def comparison_does_not_depend_on_the_unit() -> Draft:
    """The L1 balance is reduced more in whatever unit c the weights are measured; the L2 balance is one of squares."""
    rows = " and ".join(f"c*{m}_l1 < c**2*{m}_l2" for m in ("m8b", "m3b", "m1b"))
    return (
        printed(rows, given=["c > 0"], where=TABLE3)
        .corrected(
            mend="added hypothesis",
            given=["c > 0", "c <= 13"],
            note="The two have different units: with weights fourteen times as large the order of a row turns round.",
        )
        .derived(MatrixProduct(1, 2, 1).derivation())
    )


@claim("ns2-i-k-list", place="Appendix I against the captions of Figures 7 to 10", kind="definition")
def sample_sizes_are_listed() -> Draft:
    """The sample sizes studied, k = 80 in Figures 7 and 8 and k = 40 in Figures 9 and 10, belong to {300, 80}."""

    def listed(sizes: Sequence[int]) -> str:
        return " and ".join("(" + " or ".join(f"k{f} - {s} == 0" for s in sizes) + ")" for f in (7, 8, 9, 10))

    captions = {"k7": "80", "k8": "80", "k9": "40", "k10": "40"}
    return printed(listed((300, 80)), where=captions).corrected(
        listed((300, 80, 40)), mend="misprint", note="The list must hold 40 too."
    )
