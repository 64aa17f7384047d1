"""True facts about elementary functions, in SMT-LIB, for arguments u and values f.

Each fact holds for every real u at which the function is defined (facts are guarded where that is not all reals);
none of them is complete. ``g`` in a tie stands for the value of a partner function at the same argument.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Facts:
    """defined: where the function is defined; facts: what is true there; ties: (partner, relation to its value)."""

    facts: tuple[str, ...]
    defined: tuple[str, ...] = ()
    ties: tuple[tuple[str, str], ...] = ()
    increasing_on: str | None = None


ODD_BELOW = ("(=> (>= {u} 0.0) (and (<= 0.0 {f}) (<= {f} {u})))", "(=> (<= {u} 0.0) (and (<= {u} {f}) (<= {f} 0.0)))")
ODD_ABOVE = ("(=> (>= {u} 0.0) (<= {u} {f}))", "(=> (<= {u} 0.0) (<= {f} {u}))")
SAME_SIGN = ("(= (> {u} 0.0) (> {f} 0.0))", "(= (< {u} 0.0) (< {f} 0.0))")
EVERYWHERE = "true"

FUNCTION_FACTS: dict[str, Facts] = {
    "exp": Facts(
        (
            "(> {f} 0.0)",
            "(>= {f} (+ 1.0 {u}))",
            "(=> (distinct {u} 0.0) (> {f} (+ 1.0 {u})))",
            "(<= (* {f} (- 1.0 {u})) 1.0)",
            "(=> (= {u} 0.0) (= {f} 1.0))",
            "(=> (>= {u} 0.0) (>= {f} (+ 1.0 {u} (/ (* {u} {u}) 2.0))))",
        ),
        increasing_on=EVERYWHERE,
    ),
    "log": Facts(
        (
            "(=> (> {u} 0.0) (and (<= {f} (- {u} 1.0)) (>= (* {u} {f}) (- {u} 1.0))))",
            "(=> (and (> {u} 0.0) (distinct {u} 1.0)) (< {f} (- {u} 1.0)))",
            "(=> (= {u} 1.0) (= {f} 0.0))",
        ),
        defined=("(> {u} 0.0)",),
        increasing_on="(> {u} 0.0)",
    ),
    "sin": Facts(
        ("(<= (- 1.0) {f} 1.0)", "(=> (>= {u} 0.0) (<= (- {u}) {f} {u}))", "(=> (<= {u} 0.0) (<= {u} {f} (- {u})))"),
        ties=(("cos", "(= (+ (* {f} {f}) (* {g} {g})) 1.0)"),),
    ),
    "cos": Facts(
        ("(<= (- 1.0) {f} 1.0)", "(>= {f} (- 1.0 (/ (* {u} {u}) 2.0)))", "(=> (= {u} 0.0) (= {f} 1.0))"),
        ties=(("sin", "(= (+ (* {f} {f}) (* {g} {g})) 1.0)"),),
    ),
    "sinh": Facts(
        (*ODD_ABOVE, *SAME_SIGN),
        ties=(("cosh", "(= (- (* {g} {g}) (* {f} {f})) 1.0)"),),
        increasing_on=EVERYWHERE,
    ),
    "cosh": Facts(
        ("(>= {f} 1.0)", "(>= {f} (+ 1.0 (/ (* {u} {u}) 2.0)))", "(=> (= {u} 0.0) (= {f} 1.0))"),
        ties=(("sinh", "(= (- (* {f} {f}) (* {g} {g})) 1.0)"),),
    ),
    "tanh": Facts(("(< (- 1.0) {f} 1.0)", *ODD_BELOW, *SAME_SIGN), increasing_on=EVERYWHERE),
    "atan": Facts(("(< (- 1.570796327) {f} 1.570796327)", *ODD_BELOW, *SAME_SIGN), increasing_on=EVERYWHERE),
    "asinh": Facts((*ODD_BELOW, *SAME_SIGN), increasing_on=EVERYWHERE),
    "erf": Facts(("(< (- 1.0) {f} 1.0)", *SAME_SIGN), increasing_on=EVERYWHERE),
    "asin": Facts(
        ("(=> (<= (- 1.0) {u} 1.0) (<= (- 1.570796327) {f} 1.570796327))", *(
            f"(=> (<= (- 1.0) {{u}} 1.0) {fact})" for fact in (*ODD_ABOVE, *SAME_SIGN)
        )),
        defined=("(<= (- 1.0) {u} 1.0)",),
        increasing_on="(<= (- 1.0) {u} 1.0)",
    ),
    "acos": Facts(
        ("(=> (<= (- 1.0) {u} 1.0) (<= 0.0 {f} 3.141592654))",), defined=("(<= (- 1.0) {u} 1.0)",)
    ),
    "acosh": Facts(
        ("(=> (>= {u} 1.0) (and (>= {f} 0.0) (<= {f} {u})))",), defined=("(>= {u} 1.0)",), increasing_on="(>= {u} 1.0)"
    ),
    "atanh": Facts(
        tuple(f"(=> (< (- 1.0) {{u}} 1.0) {fact})" for fact in (*ODD_ABOVE, *SAME_SIGN)),
        defined=("(< (- 1.0) {u} 1.0)",),
        increasing_on="(< (- 1.0) {u} 1.0)",
    ),
}  # fmt: skip


def pairwise(name: str, one: tuple[str, str], others: list[tuple[str, str]]) -> list[str]:
    """Monotonicity, and for exp the values at opposite arguments, between two applications of one function."""
    entry = FUNCTION_FACTS[name]
    (u, f), facts = one, []
    for v, g in others[-6:]:
        facts.append(f"(=> (= {u} {v}) (= {f} {g}))")
        if entry.increasing_on is not None:
            guard = f"(and {entry.increasing_on.format(u=u)} {entry.increasing_on.format(u=v)})"
            facts.append(f"(=> {guard} (= (< {u} {v}) (< {f} {g})))")
        if name == "exp":
            facts.append(f"(=> (= (+ {u} {v}) 0.0) (= (* {f} {g}) 1.0))")
        if name == "cosh":
            facts.append(f"(=> (= (+ {u} {v}) 0.0) (= {f} {g}))")
    return facts
