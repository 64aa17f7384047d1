"""Recorded results of experiments, each with the device, date, versions and commit that produced it."""
