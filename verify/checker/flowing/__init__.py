"""Flows for the checker: kinks and factors, laws as they are read, sign cells, limits of fields that jump."""
