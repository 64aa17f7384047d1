"""Vector drawings as text: scales, axes with lines and error bands, beside-plots. No library is needed.

A drawing names classes and no colours, so that a page gives it the colours of its theme; every one has a title and a
description in words.
"""
