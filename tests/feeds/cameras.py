"""A made-up flight before made-up cameras, in the files of the recordings."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from bartizan.types import F64

RATE_HZ = 5.0


def facing(centre: F64, at: F64) -> F64:
    """World to camera (right, down, forward) of a level camera that looks at a point."""
    f = (at - centre) / np.linalg.norm(at - centre)
    right = np.cross(f, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    return np.array([right, np.cross(f, right), f])


def pixel(camera: dict, p: F64) -> F64:
    """Where points p (n, 3) show, by Brown's model as it is written; NaN behind."""
    q = (p - np.array(camera["centre_enu_m"])) @ np.array(camera["R_world_to_cam"]).T
    x, y = q[:, 0] / q[:, 2], q[:, 1] / q[:, 2]
    k1, k2, p1, p2, k3 = [*camera["dist"], 0.0][:5]
    r2 = x * x + y * y
    radial = 1 + k1 * r2 + k2 * r2**2 + k3 * r2**3
    u = x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x)
    v = y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y
    K = np.array(camera["K"])
    out = np.stack([K[0, 0] * u + K[0, 2], K[1, 1] * v + K[1, 2]], axis=1)
    out[q[:, 2] <= 0] = np.nan
    return out


def camera(centre: F64, at: F64, fps: float, size: tuple[int, int], t0: float) -> dict:
    rot = facing(centre, at)
    f = 0.9 * size[0]
    return {
        "fps": fps, "resolution": list(size), "dist": [-0.1, 0.05, 1e-3, -5e-4],
        "K": [[f, 0.0, size[0] / 2 + 7.0], [0.0, f, size[1] / 2 - 4.0], [0.0, 0.0, 1.0]],
        "R_world_to_cam": rot.tolist(), "t_world_to_cam": (-rot @ centre).tolist(),
        "centre_enu_m": centre.tolist(), "t0": t0, "t_mean": 10.0, "scale": 1e-4,
        "reproj_px_p50": 1.18, "reproj_px_p90": 2.15,
    }  # fmt: skip


def path_of(t: F64) -> F64:
    """The drone's place (n, 3) [m]: a circle of 15 m, to and fro in height."""
    w = 0.25
    return np.stack(
        [100 + 15 * np.cos(w * t), -40 + 15 * np.sin(w * t), 30 + 6 * np.sin(0.4 * t)], axis=1
    )


def make(folder: Path, seconds: float = 30.0, seed: int = 0) -> Path:
    """A recording of five cameras, not all of a kind, about 60 m from the drone."""
    rng = np.random.default_rng(seed)
    at = np.array([100.0, -40.0, 30.0])
    cams = {}
    for k, az in enumerate((0.3, 1.5, 2.9, 4.0, 5.2)):
        centre = at + np.array([60 * np.sin(az), 60 * np.cos(az), -25.0 - k])
        size = (1280, 720) if k % 2 else (1920, 1080)
        cams[str(k)] = camera(centre, at, (25.0, 29.97, 50.0, 30.0, 24.0)[k], size, 2.0 + 0.37 * k)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "poses.json").write_text(json.dumps({"rtk_rate_hz": RATE_HZ, "cams": cams}))
    for k, c in cams.items():
        frames = np.arange(1, int(seconds * c["fps"]))
        t = c["t0"] + c["t_mean"] + (frames / c["fps"] - c["t_mean"]) * (1 + c["scale"])
        px = pixel(c, path_of(t)) + rng.standard_normal((len(t), 2))
        w, h = c["resolution"]
        out = ~((px > 0) & (px < [w, h])).all(axis=1)
        px[out] = 0.0
        rows = [f"{n:.6f} {x:.8f} {y:.8f}" for n, (x, y) in zip(frames, px, strict=True)]
        (folder / f"cam{k}.txt").write_text("\n".join(["frame no. x y"] * (k == "3") + rows) + "\n")
    truth = path_of(np.arange(0.0, seconds + 5.0, 1 / RATE_HZ))
    (folder / "rtk.txt").write_text("\n".join(" ".join(f"{v:.7e}" for v in p) for p in truth))
    return folder
