"""Kernels that only kernels call get a Python wrapper, so that tests can call them."""

import os

os.environ.setdefault("BARTIZAN_WRAP_INNER", "1")
