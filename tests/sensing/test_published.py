"""Detection ranges against published figures, and the table in docs/sensing.md against both."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from bartizan.sensing import detection_range_m

DOC = Path(__file__).resolve().parents[2] / "docs" / "sensing.md"
PFA = 1e-6
HALF_DB = 10.0 * math.log10(math.log(PFA) / math.log(0.5) - 1.0)


def radar(reference_db: float, loss_db: float, rcs_dbsm: float) -> float:
    """Range for 50 % in one look."""
    pd = np.array([1, 1.0, reference_db, PFA, loss_db, 0.0, 10.0, rcs_dbsm])
    return detection_range_m(0, pd, 0.5, 1e5)


def typical_reference_db() -> float:
    """SNR at 1 km on 1 m2 of the set described in docs/sensing.md, by the radar equation."""
    power_w, gain, wave_m, dwell_s, noise, losses = 20.0, 10**3.2, 0.032, 0.05, 10**0.4, 10**0.6
    energy = power_w * gain**2 * wave_m**2 * 1.0 * dwell_s
    snr = energy / ((4.0 * math.pi) ** 3 * 1.380649e-23 * 290.0 * noise * losses * 1000.0**4)
    return 10.0 * math.log10(snr)


def camera(size_m: float, pitch_m: float, focal_m: float) -> float:
    """Range for 50 % in clear air with the makers' 1.5 pixels."""
    pd = np.array([1, 1.0, pitch_m / focal_m, 1.5, 1e12, 1.0, 1e-6, size_m])
    return detection_range_m(1, pd, 0.5, 1e5)


def link(power_dbm: float, needed_dbm: float, mhz: float) -> float:
    """Range for 50 % by free-space loss (ITU-R P.525: 32.4 + 20 log f + 20 log d)."""
    margin = power_dbm - needed_dbm - 32.45 - 20.0 * math.log10(mhz)
    pd = np.array([1, 1.0, margin, 2.0, 6.0, 1.0, 50.0, 1.0])
    return detection_range_m(3, pd, 0.5, 1e5, up_m=500.0)


def sound(level_db: float, microphones: int, noise_db: float = 35.0, db_per_km: float = 5.0,
          needed_db: float = 6.0) -> float:  # fmt: skip
    """Range for 50 %: a source of level_db at 1 m, 10 log n of array gain."""
    gain = 10.0 * math.log10(microphones)
    pd = np.array([1, 1.0, noise_db, db_per_km, needed_db, 4.0, gain, level_db])
    return detection_range_m(2, pd, 0.5, 1e5)


def horizon() -> float:
    """The range at which a strong radar loses a target 100 m over the curved ground."""
    low, high = 1e3, 1e5
    pd = np.array([1, 1.0, 300.0, PFA, 0.0, 0.0, 10.0, 0.0])
    while high - low > 0.5:
        r = 0.5 * (low + high)
        up = 100.0 - r * r / (2.0 * 6_371_000.0)
        low, high = (r, high) if detection_range_m(0, pd, 0.5, r, up_m=up) >= r else (low, r)
    return low


ELVIRA_DB = HALF_DB + 20.0 + 40.0 * math.log10(3.0)  # the reference less loss that gives 3 km
ROWS = {
    "small quadcopter": (4000.0, lambda: radar(75.0, 18.0, -20.0)),
    "ELVIRA, small": (3000.0, lambda: radar(ELVIRA_DB, 0.0, -20.0)),
    "ELVIRA, large": (9000.0, lambda: radar(ELVIRA_DB, 0.0, 0.0)),
    "vehicle, detection": (6765.0, lambda: camera(2.3, 17e-6, 0.075)),
    "75 mm: human": (2206.0, lambda: camera(0.75, 17e-6, 0.075)),
    "vehicle, recognition": (1691.0, lambda: camera(2.3 / 4.0, 17e-6, 0.075)),
    "13 mm: human": (300.0, lambda: camera(0.75, 25e-6, 0.013)),
    "VolAnti": (104.0, lambda: sound(75.0, 4)),
    "Bebop 2": (100.0, lambda: sound(75.0, 4)),
    "loud multirotor": (700.0, lambda: sound(85.0, 36)),
    "piston engine": (3000.0, lambda: sound(105.0, 1, 35.0, 0.5, 0.0)),
    "RFeye": (8870.0, lambda: link(19.0, -100.0, 2400.0)),
    "radar horizon": (54_230.0, horizon),
}


@pytest.mark.parametrize("name", ROWS)
def test_within_20_percent_and_as_the_documentation_says(name: str) -> None:
    """Published and model figure of each row of the table."""
    published, compute = ROWS[name]
    model = compute()
    assert model == pytest.approx(published, rel=0.20)
    lines = [t for t in DOC.read_text().splitlines() if t.startswith("|") and name in t]
    assert len(lines) == 1, f"one row of docs/sensing.md for {name}"
    said = [int(cell.split(" m")[0]) for cell in lines[0].split("|")[2:4]]
    assert said == [pytest.approx(published), pytest.approx(model, abs=2.0)]


def test_every_row_of_the_table_is_computed() -> None:
    """No figure in the table without a test."""
    rows = [t for t in DOC.read_text().splitlines() if re.match(r"\|[^|]*\|\s*\d+ m ", t)]
    assert len(rows) == len(ROWS)


def test_the_typical_set_has_75_db() -> None:
    """The reference that the documentation derives."""
    assert typical_reference_db() == pytest.approx(75.0, abs=0.3)
