"""Scores: the only place where truth and tracks meet.

In: truth, tracks.  Out: measures under their own names.  Does not: feed anything back.
"""
