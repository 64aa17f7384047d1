"""Statements about flows, simulated: smooth branches of terms in doubles, laws compared along paths."""
