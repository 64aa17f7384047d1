"""A lemma of one's own, and what becomes of it with a constant too small."""

from fractions import Fraction

from matplotlib.figure import Figure

import mirrorproof

given = ["x >= 0", "y >= 0"]
assert mirrorproof.check("x*y <= x**2/2 + y**2/2", given, seconds=30).verdict.value == "holds"
failed = mirrorproof.check("x*y <= x**2/4 + y**2/4", given)
at = {name: float(Fraction(value)) for name, value in failed.counterexample.items()}
figure = Figure(figsize=(5.2, 3.4), layout="constrained")
axes = figure.subplots()
xs = [at["y"] * k / 50 for k in range(151)]
for constant in (2, 4):
    axes.plot(xs, [(x**2 + at["y"] ** 2) / constant - x * at["y"] for x in xs], label=f"(x² + y²)/{constant} - x y")
axes.plot(at["x"], (at["x"] ** 2 + at["y"] ** 2) / 4 - at["x"] * at["y"], "o", color="black", label="counterexample")
axes.axhline(0, color="#888888", linewidth=0.8)
axes.set(xlabel=f"x, at y = {at['y']:g}")
axes.legend(frameon=False)
figure.savefig("lemma.svg", metadata={"Date": None})
