"""How many independent laws the gradient flow of a linear network has, exactly, by its widths."""

from matplotlib.figure import Figure

import mirrorproof

widths = [[2, k, 2] for k in range(1, 7)]
found = [mirrorproof.count_laws(mirrorproof.networks.linear(w)) for w in widths]
assert all(laws.least == laws.most for laws in found)
figure = Figure(figsize=(5.2, 3.2), layout="constrained")
axes = figure.subplots()
axes.bar([w[1] for w in widths], [laws.least for laws in found], color="#1f4e79")
axes.set(xlabel="hidden width k of the network 2, k, 2", ylabel="independent laws")
figure.savefig("laws.svg", metadata={"Date": None})
