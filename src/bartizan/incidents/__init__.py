"""Incidents: what happened, who says so, and whether more is to come."""
