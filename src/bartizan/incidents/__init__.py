<<<<<<< HEAD
"""What happened, who says so, and how sure that is: the incident record.

In: drafts and runs that a person takes in.  Out: cases, statements, reports, packs, exports.
Does not: change anything without a person, or say who did it.
"""
=======
"""Incidents: what happened, who says so, and whether more is to come."""
>>>>>>> ecc2859669478395d4f5ce9bda2022299e12b80f
