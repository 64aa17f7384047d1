"""Data and weights: found where the user keeps them, read without any pickle, kept on the device as they are stored."""
