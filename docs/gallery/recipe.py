"""The rate of mirror descent in each layer, and a warning where it rests on a statement that failed."""

from matplotlib.figure import Figure

import mirrorproof

widths = [4, 16, 64, 256, 1024]
figure = Figure(figsize=(5.2, 3.4), layout="constrained")
axes = figure.subplots()
for mirror in ("square", "entropy", "power 3"):
    report = mirrorproof.recipe("margin", mirror=mirror, widths=[*widths, 2])
    rates = [report["rate", f"layer {k}"].values["rate"] for k in range(1, len(widths) + 1)]
    axes.loglog(widths, rates, marker="o", label=mirror)
assert any("fails as printed" in warning for warning in report.warnings)
axes.set(xlabel="inputs of the layer", ylabel="rate over that of gradient descent")
axes.legend(frameon=False)
figure.savefig("recipe.svg", metadata={"Date": None})
