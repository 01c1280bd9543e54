"""An edge node's mouth: scans as SAPIENT messages.

In: scans of one sensor.  Out: messages (registration, status, detections), all of one scan
under one time.  Does not: open a socket, or command anything.

Some middleware refuses detections of one connection that are less than 80 ms apart unless
their times are equal: so they are.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from bartizan.feeds.sapient import ids, shim
from bartizan.feeds.sapient.classes import WORDS
from bartizan.feeds.sapient.node import RATE, RCS, ROTOR
from bartizan.frames import LocalFrame, enu_axes, local_frame, wgs84_from_enu
from bartizan.types import Frame, ObjectClass, Scan, SensorKind, Site
from bartizan.units import NS_PER_S, RAD_PER_DEG

NODE_TYPES: Final = {
    SensorKind.RADAR: 2, SensorKind.CAMERA: 4, SensorKind.ACOUSTIC: 6,
    SensorKind.DIRECTION_FINDER: 8, SensorKind.ADSB: 8, SensorKind.REMOTE_ID: 8,
}  # fmt: skip
RADIANS_M, WGS84_E, TRUE_NORTH, SECONDS = 2, 1, 1, 4
LASTING, FLEETING = 2, 1  # tracking types: tracklet, none


class EdgeNode:
    """One sensor of a site as an edge node."""

    def __init__(self, site: Site, row: int, interval_s: float = 5.0, numbered: bool = False):
        """numbered: the scans have the sensor's own track numbers."""
        self._site, self._row = site, row
        self._interval_s, self._numbered = interval_s, numbered
        self._frame: LocalFrame = local_frame(site.name, *site.origin)
        self._name = site.sensor_names[row]
        self.node_id = ids.uuid(f"{site.name}/{self._name}")
        self._count = 0

    def _message(self, t_ns: int) -> Any:
        m = shim.new()
        m.timestamp.seconds, m.timestamp.nanos = divmod(t_ns, NS_PER_S)
        m.node_id = self.node_id
        self._count += 1
        return m

    def _ulid(self, t_ns: int, what: str) -> str:
        return ids.ulid(t_ns, f"{self.node_id}/{what}/{self._count}")

    def registration(self, t_ns: int) -> Any:
        """What it is and how it will report."""
        m = self._message(t_ns)
        r = m.registration
        kind = SensorKind(int(self._site.sensors.kind[self._row]))
        r.node_definition.add().node_type = NODE_TYPES[kind]
        r.icd_version, r.name, r.short_name = shim.VERSION, self._name, self._name[:20]
        what = r.capabilities.add()
        what.category, what.type = kind.name, "simulated sensor (exercise)"
        interval = r.status_definition.status_interval
        interval.units, interval.value = SECONDS, self._interval_s
        mode = r.mode_definition.add()
        mode.mode_name, mode.mode_type = "Default", 1
        mode.settle_time.units, mode.settle_time.value = SECONDS, 0.0
        mode.tracking_type = LASTING if self._numbered else FLEETING
        where = mode.detection_definition.add().location_type
        if kind in (SensorKind.ADSB, SensorKind.REMOTE_ID):
            where.location_units, where.location_datum = RADIANS_M, WGS84_E
        else:
            where.range_bearing_units, where.range_bearing_datum = RADIANS_M, TRUE_NORTH
        region = mode.task.region_definition
        region.region_type.append(1)
        area = region.region_area.add()
        area.location_units, area.location_datum = RADIANS_M, WGS84_E
        config = r.config_data.add()
        config.manufacturer, config.model = "bartizan", "simulated sensor"
        return m

    def status(self, t_ns: int, scan: Scan | None = None, system: int = 1) -> Any:
        """That it is well, and where it looked."""
        m = self._message(t_ns)
        s = m.status_report
        s.report_id = self._ulid(t_ns, "status")
        s.system, s.info, s.mode = system, 1, "Default"
        if scan is not None and scan.look[3] > 0.0:
            _, far, start, width, low, high = (float(v) for v in scan.look)
            cone = s.field_of_view.range_bearing
            cone.coordinate_system, cone.datum = RADIANS_M, TRUE_NORTH
            cone.azimuth = math.remainder(start + width / 2.0, 2.0 * math.pi)
            cone.elevation, cone.range = (low + high) / 2.0, far
            cone.horizontal_extent = width / RAD_PER_DEG
            cone.vertical_extent = (high - low) / RAD_PER_DEG
        return m

    def scan(self, scan: Scan) -> list[Any]:
        """A status report with the look, then every detection."""
        texts = dict(scan.names)
        return [self.status(scan.t_ns, scan),
                *(self._detection(scan, k, texts) for k in range(len(scan.z)))]  # fmt: skip

    def _detection(self, scan: Scan, k: int, texts: dict[int, str]) -> Any:
        m = self._message(scan.t_ns)
        d = m.detection_report
        d.report_id = self._ulid(scan.t_ns, "report")
        number = int(scan.number[k])
        lasting = self._numbered and number >= 0
        d.object_id = ids.ulid(0, f"{self.node_id}/{number}") if lasting else self._ulid(scan.t_ns, "object")  # fmt: skip
        z, sd = scan.z[k], scan.sd[k]
        if scan.frame == Frame.CARTESIAN:
            self._place(d, z, sd)
        else:
            b = d.range_bearing
            b.coordinate_system, b.datum = RADIANS_M, TRUE_NORTH
            for name, v, s in zip(("range", "azimuth", "elevation"), z[:3], sd[:3], strict=True):
                if math.isfinite(v):
                    setattr(b, name, float(v))
                    setattr(b, f"{name}_error", float(s))
            if math.isfinite(z[3]):
                _info(d, RATE, repr(float(z[3])), float(sd[3]))
        if math.isfinite(scan.rcs_dbsm[k]):
            _info(d, RCS, repr(float(scan.rcs_dbsm[k])))
        if scan.rotor[k] >= 0:
            _info(d, ROTOR, str(int(scan.rotor[k])))
        words = WORDS.get(ObjectClass(int(scan.declared[k])))
        if words:
            top = d.classification.add()
            top.type, top.confidence = words[0], 1.0
            sub = top.sub_class.add()
            sub.type, sub.level, sub.confidence = words[1], 1, float(scan.confidence[k])
        if scan.identity[k] and (text := texts.get(int(scan.identity[k]))):
            d.id = text
        return m

    def _place(self, d: Any, z: Any, sd: Any) -> None:
        high = math.isfinite(z[2])
        lat, lon, hae = (float(v) for v in wgs84_from_enu(self._frame, np.array([z[0], z[1], z[2] if high else 0.0])))  # fmt: skip
        w = d.location
        w.coordinate_system, w.datum, w.x, w.y = RADIANS_M, WGS84_E, lon, lat
        radius_m = 6_378_137.0
        w.x_error, w.y_error = float(sd[0]) / (radius_m * math.cos(lat)), float(sd[1]) / radius_m
        if high:
            w.z, w.z_error = hae, float(sd[2])
        if math.isfinite(z[3]):
            up = math.isfinite(z[5])
            v = enu_axes(lat, lon) @ (self._frame.rot.T @ np.array([z[3], z[4], z[5] if up else 0.0]))  # fmt: skip
            d.enu_velocity.east_rate, d.enu_velocity.north_rate = float(v[0]), float(v[1])
            d.enu_velocity.east_rate_error = float(sd[3])
            d.enu_velocity.north_rate_error = float(sd[4])
            if up:
                d.enu_velocity.up_rate, d.enu_velocity.up_rate_error = float(v[2]), float(sd[5])


def _info(d: Any, kind: str, value: str, error: float = 0.0) -> None:
    one = d.object_info.add()
    one.type, one.value = kind, value
    if error > 0.0:
        one.error = error
