"""Limits and orders of growth: points of cells, statements without limits, records."""
