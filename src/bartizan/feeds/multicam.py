"""Drones labelled by hand in the pictures of several cameras that stand still.

In: a folder with `poses.json` (calibration, pose and clock of each camera) and a
`camN.txt` each (rows `frame x y` [pixels], `0 0`: not visible).  Out: one scan a frame,
azimuth and elevation in the site's axes.
Does not: read `rtk.txt`, find drones in pictures, or estimate a pose.

The recordings: Li, Murray, Kim, Albl 2020, "Reconstruction of 3D flight trajectories from
ad-hoc camera networks", IROS 2020 (drone-tracking-datasets).  The cameras of a recording
are its own: `placed` puts them into the site in the place of its nominal one.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import msgspec
import numpy as np

from bartizan.errors import SourceError
from bartizan.feeds.order import order
from bartizan.feeds.reports import NAN, Report, refused, scan_of
from bartizan.feeds.tables import number
from bartizan.frames import TWO_PI
from bartizan.types import F64, Frame, Refused, Scan, Sensors, Site
from bartizan.units import NS_PER_S, ns_from_iso

POSES: Final = "poses.json"
RAYLEIGH_P50: Final = math.sqrt(2.0 * math.log(2.0))  # quantiles of a planar error of 1 sigma
RAYLEIGH_P90: Final = math.sqrt(2.0 * math.log(10.0))
EDGE_STEPS: Final = 33  # points along each edge of a picture that its look is taken from
OVER_EDGE: Final = 0.1  # a label may lie this share of the picture outside of it: assumed
Three = tuple[float, float, float]
Matrix = tuple[Three, Three, Three]


class MulticamParams(NamedTuple):
    """Settings of the feed; figures without a source are assumed.

    day  UTC date that the flight's clock is counted from: the recordings have none
    pose_sd_rad  1-sigma of a camera's pose, beside its labels'
    correlated_s  how long an error of label and pose lasts: frames are not independent
    tripod_m  the lowest camera's height over the ground
    misses, false_alarms, seed  for trials: share of labels that is left out, mean number
    of false ones a frame, uniform in the picture; the sensors' figures say so too
    """

    day: str = "2020-01-01"
    pose_sd_rad: float = 0.5e-3
    correlated_s: float = 0.05
    tripod_m: float = 1.5
    misses: float = 0.0
    false_alarms: float = 0.0
    seed: int = 0


class Camera(msgspec.Struct, frozen=True):
    """One camera as `poses.json` has it: pixels, metres in the recording's ENU, seconds.

    K (3, 3), dist: the Brown model's k1 k2 p1 p2 [k3]   rotation and translation: world to
    camera (right, down, forward)   a frame's time is t0 + t_mean + (frame / fps - t_mean)
    (1 + scale)   reproj_px_p50, _p90: quantiles of what the pose leaves of the labels
    """

    fps: Annotated[float, msgspec.Meta(gt=0)]
    resolution: tuple[Annotated[int, msgspec.Meta(gt=0)], Annotated[int, msgspec.Meta(gt=0)]]
    K: Matrix
    dist: Annotated[tuple[float, ...], msgspec.Meta(min_length=4, max_length=5)]
    R_world_to_cam: Matrix
    t_world_to_cam: Three
    centre_enu_m: Three
    t0: float
    t_mean: float
    scale: float
    reproj_px_p50: Annotated[float, msgspec.Meta(gt=0)]
    reproj_px_p90: Annotated[float, msgspec.Meta(gt=0)]


class Poses(msgspec.Struct, frozen=True):
    """`poses.json`: cameras by their number as text; truth's rate [Hz], if it has one."""

    cams: Annotated[dict[str, Camera], msgspec.Meta(min_length=1, max_length=63)]
    rtk_rate_hz: Annotated[float, msgspec.Meta(gt=0)] = 5.0


def read_poses(path: Path) -> Poses:
    """The cameras of a recording's folder.

    Raises SourceError naming the field where `poses.json` is not what was expected.
    """
    file = path / POSES
    try:
        poses = msgspec.json.decode(file.read_bytes(), type=Poses)
    except OSError as e:
        raise SourceError(f"{file}: cannot be read ({e.strerror or e})") from e
    except (msgspec.DecodeError, UnicodeDecodeError) as e:
        raise SourceError(f"{file}: {e}") from e
    for name, c in poses.cams.items():
        rot = np.array(c.R_world_to_cam)
        if not np.allclose(rot @ rot.T, np.eye(3), atol=1e-6) or np.linalg.det(rot) < 0.0:
            raise SourceError(f"{file}: cams.{name}.R_world_to_cam: expected a rotation")
        if not np.allclose(-rot.T @ np.array(c.t_world_to_cam), c.centre_enu_m, atol=1e-3):
            raise SourceError(
                f"{file}: cams.{name}.centre_enu_m: expected -R' t of the same camera"
            )
    return poses


def origin(poses: Poses, params: MulticamParams) -> F64:
    """The site's origin (3,) [m] in the recording's axes: amid the cameras, on the ground."""
    centres = np.array([c.centre_enu_m for c in poses.cams.values()])
    ground = centres[:, 2].min() - params.tripod_m
    return np.array([centres[:, 0].mean(), centres[:, 1].mean(), ground])


def undistorted(camera: Camera, pixels: F64) -> F64:
    """Where pixels (n, 2) lie in the plane at unit distance, (n, 2) right and down.

    Brown's model solved by fixed point, to 1e-12: Brown 1966, "Decentering distortion of
    lenses"; the order of the coefficients and the start are those of OpenCV's
    `undistortPoints`.
    """
    K = np.array(camera.K)
    k1, k2, p1, p2, k3 = (*camera.dist, 0.0)[:5]
    seen = (pixels - K[:2, 2]) / K[[0, 1], [0, 1]]
    seen[:, 0] -= K[0, 1] / K[0, 0] * seen[:, 1]
    p: F64 = seen.copy()
    for _ in range(100):
        x, y = p[:, 0], p[:, 1]
        r2 = x * x + y * y
        radial = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3))
        bent = np.stack(
            [
                2.0 * p1 * x * y + p2 * (r2 + 2.0 * x * x),
                p1 * (r2 + 2.0 * y * y) + 2.0 * p2 * x * y,
            ],
            axis=1,
        )
        last, p = p, (seen - bent) / radial[:, None]
        if np.abs(p - last).max(initial=0.0) < 1e-12:
            break
    return p


def sight(camera: Camera, pixels: F64) -> tuple[F64, F64]:
    """Azimuth in [-pi, pi] and elevation (n,) [rad] in ENU of pixels (n, 2)."""
    flat = undistorted(camera, pixels)
    ray = np.concatenate([flat, np.ones((len(flat), 1))], axis=1) @ np.array(camera.R_world_to_cam)
    return np.arctan2(ray[:, 0], ray[:, 1]), np.arctan2(ray[:, 2], np.hypot(ray[:, 0], ray[:, 1]))


def sigma(camera: Camera, params: MulticamParams) -> float:
    """1-sigma [rad] of one frame's line of sight, each way.

    Label and pose as the pose's fit left them (planar normal error of the same 50 % or
    90 % quantile, the larger), and the pose's own.  Errors that last are not averaged away
    by the next frame: a first-order process of time constant correlated_s, sampled at
    fps, averages like independent errors of (1 + rho) / (1 - rho) times the variance, rho =
    exp(-1 / (fps correlated_s)) (Bayley & Hammersley 1946).
    """
    pixels = max(camera.reproj_px_p50 / RAYLEIGH_P50, camera.reproj_px_p90 / RAYLEIGH_P90)
    one = math.hypot(pixels / min(camera.K[0][0], camera.K[1][1]), params.pose_sd_rad)
    if params.correlated_s <= 0.0:
        return one
    rho = math.exp(-1.0 / (camera.fps * params.correlated_s))
    return one * math.sqrt((1.0 + rho) / (1.0 - rho))


def look_of(camera: Camera, reach: F64) -> F64:
    """The look (6,) of a camera: the azimuths and elevations of its picture's edge.

    reach (2,) [m] range from, to.  A picture with the zenith in it looks all round.
    """
    w, h = camera.resolution
    t = np.linspace(0.0, 1.0, EDGE_STEPS)
    o, i = np.zeros(EDGE_STEPS), np.ones(EDGE_STEPS)
    edge = np.concatenate(
        [np.stack(p, axis=1) for p in ((t * w, o), (i * w, t * h), (t * w, i * h), (o, t * h))]
    )
    az, el = sight(camera, edge)
    for up, end in ((1.0, 0.5 * np.pi), (-1.0, -0.5 * np.pi)):
        if _shows(camera, np.array([0.0, 0.0, up])):
            span = sorted((end, el.min() if up > 0.0 else el.max()))
            return np.array([*reach, 0.0, TWO_PI, *span])
    middle = math.atan2(float(np.sin(az).mean()), float(np.cos(az).mean()))
    off = (az - middle + np.pi) % TWO_PI - np.pi
    return np.array([*reach, middle + off.min(), off.max() - off.min(), el.min(), el.max()])


def _shows(camera: Camera, direction: F64) -> bool:
    """Whether a direction (3,) in ENU is inside the picture."""
    right, down, forward = np.array(camera.R_world_to_cam) @ direction
    if forward <= 0.0:
        return False
    first, last = undistorted(camera, np.array([[0.0, 0.0], camera.resolution]))
    x, y = right / forward, down / forward
    return bool(first[0] < x < last[0] and first[1] < y < last[1])


def placed(path: Path, site: Site, params: MulticamParams) -> Site:
    """The site with the recording's cameras, `cam` and their number, for its nominal one.

    Pd, clutter and reach are the nominal camera's (the site's first sensor).
    Raises SourceError when `poses.json` is not as it should be.
    """
    poses = read_poses(path)
    cameras = [poses.cams[k] for k in sorted(poses.cams)]
    n, like = len(cameras), site.sensors
    sd = np.full((n, 6), NAN)
    sd[:, 1:3] = np.array([sigma(c, params) for c in cameras])[:, None]
    pd = np.repeat(like.pd[:1], n, axis=0)
    pd[:, 1] *= 1.0 - params.misses
    sensors = Sensors(
        kind=np.repeat(like.kind[:1], n),
        pos=np.array([c.centre_enu_m for c in cameras]) - origin(poses, params),
        rot=np.tile(np.eye(3), (n, 1, 1)),
        sd=sd,
        look=np.array([look_of(c, like.look[0, :2]) for c in cameras]),
        pd=pd,
        clutter=np.full(n, like.clutter[0] + params.false_alarms),
        doppler_max=np.zeros(n),
        period_s=np.array([1.0 / c.fps for c in cameras]),
        bias=np.zeros((n, 3)),
        confusion=np.repeat(like.confusion[:1], n, axis=0),
    )
    return site._replace(sensor_names=tuple(f"cam{k}" for k in sorted(poses.cams)), sensors=sensors)


def feed(path: Path, site: Site, params: MulticamParams) -> Iterator[Scan | Refused]:
    """Scans of one recording in order of time, and every row that was set aside.

    Raises SourceError when `poses.json` or a camera's labels cannot be read, or the site
    has not the recording's cameras (`placed`).
    """
    poses = read_poses(path)
    streams = []
    for name in sorted(poses.cams):
        if f"cam{name}" not in site.sensor_names:
            raise SourceError(f"{path}: camera {name} is not declared at {site.name}")
        row = site.sensor_names.index(f"cam{name}")
        streams.append(_labels(path / f"cam{name}.txt", poses.cams[name], row, site, params))
    return order(heapq.merge(*streams, key=lambda item: item.t_ns))


def _labels(
    file: Path, camera: Camera, row: int, site: Site, params: MulticamParams
) -> Iterator[Scan | Refused]:
    """One camera's frames as they stand in its file; a first line of words is its header."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError as e:
        raise SourceError(f"{file}: cannot be read ({e.strerror or e})") from e
    day_ns = ns_from_iso(params.day)
    dice = _dice(params.seed, file.stem)
    t_ns = day_ns
    for k, line in enumerate(lines, 1):
        cells = line.split()
        if not cells or (k == 1 and not cells[0][0].isdigit()):
            continue
        try:
            frame, x, y = _row(cells, camera)
        except ValueError as e:
            yield refused(t_ns, file.stem, f"{file.name}:{k}", str(e), line.encode())
            continue
        t_ns = day_ns + round(frame_s(camera, frame) * NS_PER_S)
        pixels = [] if x == 0.0 and y == 0.0 else [(x, y)]
        if params.misses > 0.0 or params.false_alarms > 0.0:
            pixels = _worse(pixels, camera, params, dice)
        yield _scan(t_ns, pixels, camera, row, site)


def frame_s(camera: Camera, frame: float) -> float:
    """Time [s] of a frame on the flight's clock."""
    return camera.t0 + camera.t_mean + (frame / camera.fps - camera.t_mean) * (1.0 + camera.scale)


def _row(cells: list[str], camera: Camera) -> tuple[float, float, float]:
    """Frame and pixel of a row; raises ValueError that says what is wrong with it."""
    if len(cells) != 3:
        raise ValueError(f"{len(cells)} fields, expected frame x y")
    frame, x, y = (number(c) for c in cells)
    if frame < 0.0 or frame_s(camera, frame) < 0.0:
        raise ValueError(f"frame {frame:g} is before the flight")
    for value, size in ((x, camera.resolution[0]), (y, camera.resolution[1])):
        if not -OVER_EDGE * size <= value <= (1.0 + OVER_EDGE) * size:
            raise ValueError(f"pixel {value:g} is outside the picture of {size}")
    return frame, x, y


def _dice(seed: int, camera: str) -> np.random.Generator:
    """One stream a camera: Philox keyed by the seed and its name (Salmon et al. 2011)."""
    key = int.from_bytes(blake2b(f"{seed}/{camera}".encode(), digest_size=16).digest(), "little")
    return np.random.Generator(np.random.Philox(key=key))


def _worse(
    pixels: list[tuple[float, float]],
    camera: Camera,
    params: MulticamParams,
    dice: np.random.Generator,
) -> list[tuple[float, float]]:
    """The labels of a frame less the misses, with false alarms; the dice do not depend on
    what was labelled."""
    kept = pixels if dice.random() >= params.misses else []
    false = dice.random((int(dice.poisson(params.false_alarms)), 2)) * camera.resolution
    return [*kept, *((float(x), float(y)) for x, y in false)]


def _scan(
    t_ns: int, pixels: list[tuple[float, float]], camera: Camera, row: int, site: Site
) -> Scan:
    sd = float(site.sensors.sd[row, 1])
    reports = []
    if pixels:
        az, el = sight(camera, np.array(pixels))
        for a, e in zip(az.tolist(), el.tolist(), strict=True):
            wide = min(sd / max(math.cos(e), 1e-3), np.pi)
            reports.append(Report(t_ns, (NAN, a, e, NAN, NAN, NAN), (NAN, wide, sd, NAN, NAN, NAN)))
    return scan_of(t_ns, row, Frame.SPHERICAL, site.sensors.look[row], reports)
