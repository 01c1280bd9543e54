"""Tests of the incident record (a package, so that benchmarks/incidents.py does not hide it)."""
