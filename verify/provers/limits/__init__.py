"""Limits and orders of growth: values, forms, checks by numbers, cells."""
