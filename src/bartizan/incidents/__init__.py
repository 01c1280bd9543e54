"""What happened, who says so, and how sure that is: the incident record.

In: drafts and runs that a person takes in.  Out: cases, statements, reports, packs, exports.
Does not: change anything without a person, or say who did it.
"""
