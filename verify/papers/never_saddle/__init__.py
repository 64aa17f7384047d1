"""Never Saddle for Reparameterized Steepest Descent as Mirror Flow.

The ids are those of the claim catalogue; ``id.variant`` is one more statement that the same place makes.
Throughout, q is the index dual to p, x = w1 w2 ... the product of the layers (one coordinate), L their number, lam the
balance and a the decoupled decay. ``spow(u, r) = sign(u)*abs(u)**r``.
"""
