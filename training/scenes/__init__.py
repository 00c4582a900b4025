"""Draws simple scenes and says in words what they show.

`training/clip` learns from these scenes and `media/make.py` films them.
"""
