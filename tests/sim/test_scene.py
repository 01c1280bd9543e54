"""Routes, chance traffic, weather, false echoes, faults: against closed forms and counts."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from bartizan import config, sim
from bartizan.campaign.play import _received
from bartizan.feeds.hold import Hold
from bartizan.pipeline import setup
from bartizan.sensing import rain
from bartizan.sim import flight
from bartizan.sim.scene import echoes, faults, routes, weather
from bartizan.sim.spec import Fault, Formation, Loiter, Nuisances, Raid, Reflector, Weather
from bartizan.sim.truth import DOWN, FLYING
from bartizan.terrain import Terrain
from bartizan.types import F64, Mode, ObjectClass, Scan, SensorKind
from sim import world

WAY = np.array([[-9_000.0, 2_000.0, 120.0], [-4_000.0, 0.0, 100.0], [0.0, 0.0, 0.0]])


def flown(raid: Raid, seed: int = 7, seconds: float = 400.0) -> tuple[list[str], F64, F64]:
    """Names, places (t, n, 3) every quarter second, status (t, n), with gusts."""
    fleet = flight.muster(raid, seed)
    flying = flight.line_up(fleet)
    rng = np.random.default_rng(seed)
    x, status = [], []
    for k in range(round(seconds * 4)):
        gust = rng.standard_normal((len(fleet.names), 2))
        t_ns = raid.t0_ns + k * 250_000_000
        flying = flight.fly(fleet, flying, t_ns, 0.25, gust, False, raid.wind_mps)
        x.append(flying.x[:, :3])
        status.append(flying.status)
    return list(fleet.names), np.array(x), np.array(status)


def corpus(**parts: object) -> Nuisances:
    """A corpus of nothing but what is given."""
    empty: dict[str, object] = {"traffic": (), "echoes": (), "reflectors": (), "faults": ()}
    rest: dict[str, object] = {"weather": None, "wind_mps": None}
    return Nuisances(name="own", title="own", **(empty | rest | parts))  # type: ignore[arg-type]


def test_different_routes_and_speeds_arrive_together_whatever_the_wind() -> None:
    """Time on target: three kinds end their routes within 2 s of the time asked for."""
    far = np.array([[12_000.0, 5_000.0, 150.0], [5_000.0, 4_000.0, 80.0], [0.0, 0.0, 0.0]])
    hover = (Loiter(1, 40.0, 0.0),)
    groups = (
        world.attackers(3, route=WAY, arrive_s=330.0, airspeed=True, speed_sd_mps=2.0),
        world.attackers(2, route=far, arrive_s=330.0, speed_mps=60.0)._replace(name="fast"),
        world.group("fpv", ObjectClass.MULTIROTOR, hostile=True, route=WAY / 2.0, speed_mps=28.0,
                    arrive_s=330.0, loiter=hover),
    )  # fmt: skip
    names, _, status = flown(world.raid(*groups, wind=(9.0, -5.0)))
    ends = (status == DOWN).argmax(axis=0) / 4.0
    assert (status[-1] == DOWN).all() and len(names) == 6
    np.testing.assert_allclose(ends, 330.0, atol=2.0)


def test_a_wedge_keeps_its_shape_until_it_converges() -> None:
    """A third of the way along, each member stands where the shape says, to its gusts."""
    group = world.attackers(
        5, route=WAY[[0, 2]], formation=Formation("wedge", 100.0), spread_m=0.0, speed_sd_mps=0.0
    )
    _, x, status = flown(world.raid(group, wind=(0.0, 0.0)), seconds=60.0)
    at, ahead = x[-1, :, :2], np.array([9_000.0, -2_000.0]) / math.hypot(9_000.0, 2_000.0)
    own = (at - at[0]) @ np.column_stack([[ahead[1] * -1, ahead[0]], ahead]) * [-1.0, 1.0]
    want = np.array([[0, 0], [1, -1], [-1, -1], [2, -2], [-2, -2]]) * 100.0
    want[:, 0] *= 1.0 - 60.0 * 47.0 / math.hypot(9_000.0, 2_000.0)  # they converge on the end
    np.testing.assert_allclose(own, want, atol=25.0)
    assert (status[-1] == FLYING).all()


def test_loitering_takes_its_time_on_its_circle() -> None:
    """Two minutes at 400 m: it stays within the circle's width, and the rest is as long."""
    plain = world.attackers(1, route=WAY, spread_m=0.0, speed_sd_mps=0.0)
    round_ = plain._replace(loiter=(Loiter(1, 120.0, 400.0),))
    ends = {}
    for name, g in (("plain", plain), ("round", round_)):
        _, x, status = flown(world.raid(g, wind=(0.0, 0.0)))
        ends[name] = (status[:, 0] == DOWN).argmax() / 4.0
    assert ends["round"] - ends["plain"] == pytest.approx(120.0, abs=15.0)
    inside = np.hypot(x[:, 0, 0] + 4_000.0, x[:, 0, 1]) < 1_000.0
    assert inside.sum() / 4.0 > 120.0


def test_a_route_follows_the_ground_it_is_given() -> None:
    """Heights over a ridge are the route's over the hill under each waypoint, every 100 m."""

    def ridge(e: F64, n: F64) -> F64:
        return 200.0 * np.exp(-(((e + 4_000.0) / 1_500.0) ** 2)) + 0.0 * n

    low = world.attackers(1, route=WAY, follows_ground=True)
    w = routes.way(low, ridge)
    assert np.hypot(*np.diff(w.points[:, :2], axis=0).T).max() <= 100.0 + 1e-9
    over = w.points[:, 2] - ridge(w.points[:, 0], w.points[:, 1])
    along = np.interp(w.points[:, 0], WAY[:, 0], WAY[:, 2])
    np.testing.assert_allclose(over, along, atol=1e-6)
    fleet = flight.muster(world.raid(low), 7, ridge)
    assert fleet.way[:, 2].max() > 250.0
    at = np.linspace(-10_000.0, 10_000.0, 401)
    hill = ridge(*np.meshgrid(at, at)).astype(np.float32)
    site = world.site()._replace(terrain=Terrain(-10_000.0, -10_000.0, 50.0, hill))
    start = sim.start(site, world.raid(low), (), 7)
    np.testing.assert_allclose(start.fleet.way, fleet.way, atol=0.2)  # the site's own ground


def test_the_wind_triangle() -> None:
    """Ground speed on a leg: tail wind adds, cross wind takes sqrt(v^2 - w^2)."""
    east = np.array([[-9_000.0, 0.0, 100.0], [20_000.0, 0.0, 100.0]])
    g = world.group("g", ObjectClass.FIXED_WING, route=east, airspeed=True, speed_mps=30.0,
                    speed_sd_mps=0.0, spread_m=0.0)  # fmt: skip
    for wind, want in (((10.0, 0.0), 40.0), ((-10.0, 0.0), 20.0), ((0.0, 18.0), 24.0)):
        _, x, _ = flown(world.raid(g, wind=wind), seconds=30.0)
        gone = np.linalg.norm(x[-1, 0, :2] - x[0, 0, :2]) / (len(x) - 1) * 4.0
        assert gone == pytest.approx(want, rel=0.01)


def test_a_decoy_is_no_leaker_and_no_attacker_in_the_score() -> None:
    raid = world.raid(world.attackers(1), world.attackers(3, decoy=True)._replace(name="decoys"))
    state, _, _ = world.play(sim.start(world.site(), raid, (), 7), 290.0, False)
    score = sim.score(state)
    assert (score.attackers, score.leakers, score.others_shot_down) == (1, 1, 0)
    assert np.isfinite(sim.approach(state).arrival_s).tolist() == [True, False, False, False]


def test_a_corpus_changes_no_plot_of_anything_else_and_is_the_same_again() -> None:
    """Every plot of the raid alone is there beside the wind farm's; the same seed, same bytes."""
    farm = config.load_nuisances("wind-farm")
    base = world.raid(world.attackers(), world.friend())
    _, alone, _ = world.play(sim.start(world.site(), base, (), 7), 30.0, False)
    with_farm = base._replace(nuisances=(farm,))
    one, two = (
        world.play(sim.start(world.site(), with_farm, (), 7), 30.0, False)[1] for _ in range(2)
    )
    assert [s.z.tobytes() for s in one] == [s.z.tobytes() for s in two]
    for a, b in zip(alone, one, strict=True):
        plots = {row.tobytes() for row in b.z}
        assert all(row.tobytes() in plots for row in a.z)
    radar = [s for s in one if s.sensor == 0]
    near = [z for s in radar for z in s.z if abs(z[3]) > 20.0 and 5_500.0 < z[0] < 8_500.0]
    farms = 27 * 0.15 * 0.95 * (1.0 - 20.0 / 80.0)  # over 20 m/s, nearly all seen
    clutter = 10.0 * (3.0 / 19.9) * (1.0 - 20.0 / 60.0)
    want = (farms + clutter) * len(radar)
    assert len(near) == pytest.approx(want, abs=4.0 * math.sqrt(want))


def test_an_image_is_where_the_shortest_way_over_the_wall_says() -> None:
    """Range of the image = the shortest path by way of the wall (Fermat), direction = its foot's."""
    wall = Reflector("w", np.array([-300.0, 400.0]), np.array([500.0, 700.0]), 60.0, 10.0)
    pos = np.array([50.0, -20.0, 15.0])
    x = np.array([[900.0, 90.0, 60.0, -10.0, 4.0, 0.0], [900.0, 90.0, 4_000.0, 0, 0, 0],
                  [0.0, 3_000.0, 60.0, 0, 0, 0]])  # fmt: skip
    image, of = echoes.images(wall, pos, x)
    assert of.tolist() == [0]  # the second by over the top, the third stands behind the wall

    def path(s: float) -> float:
        foot = wall.start + s * (wall.end - wall.start)
        a, b = np.hypot(*(foot - pos[:2])), np.hypot(*(x[0, :2] - foot))
        return float(np.hypot(a + b, x[0, 2] - pos[2]))

    best = minimize_scalar(path, bounds=(0.0, 1.0), method="bounded", options={"xatol": 1e-10})
    assert np.linalg.norm(image[0, :3] - pos) == pytest.approx(best.fun, abs=1e-6)
    foot = wall.start + best.x * (wall.end - wall.start) - pos[:2]
    off = image[0, :2] - pos[:2]
    assert math.atan2(*off) == pytest.approx(math.atan2(*foot), abs=1e-6)
    later, _ = echoes.images(wall, pos, x + np.r_[x[0, 3:] * 0.1, 0, 0, 0])
    np.testing.assert_allclose((later[0, :3] - image[0, :3]) / 0.1, image[0, 3:], atol=1e-9)


def test_faults_lose_delay_and_repeat_as_often_as_they_say() -> None:
    """Counts over a minute within four sigma; what comes in is untouched; the flow takes each once."""
    late = Fault("late", "late", ("radar", "camera"), math.inf, 1.0, 0.3, 1.0)
    twice = Fault("twice", "repeated", ("camera",), math.inf, 1.0, 0.25, 0.4)
    out = Fault("out", "outage", ("acoustic",), math.inf, 1.0, 1.0, 0.0)
    base = world.raid(world.attackers(), world.friend(), duration_s=120.0)
    site = world.site()
    _, plain, _ = world.play(sim.start(site, base, (), 7), 60.0, False)
    struck = base._replace(nuisances=(corpus(faults=(late, twice, out)),))
    state = sim.start(site, struck, (), 7)
    hold, taken, came, t_ns = Hold(0.0), [], [], 0
    s = setup(site, Mode.EXERCISE)
    for _ in range(4 * 70):
        state, scans, _ = sim.step(state)
        came += scans
        new = _received(hold, scans, state.t_ns, t_ns, s, None)
        taken += new
        t_ns = new[-1].t_ns if new else t_ns
    kinds = site.sensors.kind

    def count(scans: list[Scan], kind: SensorKind) -> int:
        until = base.t0_ns + 60_000_000_000
        return sum(kinds[c.sensor] == kind and c.t_ns <= until for c in scans)

    known = {(c.t_ns, c.sensor): c.z.tobytes() for c in plain}
    assert all(known.get((c.t_ns, c.sensor), c.z.tobytes()) == c.z.tobytes() for c in came)
    assert count(came, SensorKind.ACOUSTIC) == 0 < count(plain, SensorKind.ACOUSTIC)
    cameras = count(plain, SensorKind.CAMERA)
    extra = count(came, SensorKind.CAMERA) - cameras
    assert extra == pytest.approx(0.25 * cameras, abs=4.0 * math.sqrt(0.19 * cameras))
    order = [c.t_ns for c in came]
    behind = sum(b < a for a, b in pairwise(order))
    assert behind > 0.1 * count(plain, SensorKind.RADAR)
    times = [c.t_ns for c in taken]
    assert times == sorted(set(times)) and len(taken) > 0.6 * len(plain)


def test_spells_come_as_often_and_last_as_long_as_they_say() -> None:
    f = Fault("f", "outage", ("radar",), 6.0, 90.0, 1.0, 0.0)
    raid = world.raid(duration_s=400 * 3600.0)._replace(nuisances=(corpus(faults=(f,)),))
    (own,) = faults.spells(raid, world.site(), 7)
    length = np.array([b - a for a, b in own.times])
    assert len(length) == pytest.approx(400 * 3600.0 / (600.0 + 90.0), rel=0.08)
    assert length.mean() == pytest.approx(90.0, rel=0.08)


@pytest.mark.parametrize(
    ("ghz", "k_h", "alpha_h", "k_v", "alpha_v"),
    [(3, 0.0001390, 1.2322, 0.0001942, 1.0688), (10, 0.01217, 1.2571, 0.01129, 1.2156),
     (20, 0.09164, 1.0568, 0.09611, 0.9847), (35, 0.3374, 0.9047, 0.3224, 0.8761)],
)  # fmt: skip
def test_rain_attenuates_as_the_table_of_p838(
    ghz: float, k_h: float, alpha_h: float, k_v: float, alpha_v: float
) -> None:
    """Table 5 of ITU-R P.838-3."""
    assert rain.coefficients(ghz * 1e9, False) == pytest.approx((k_h, alpha_h), rel=1e-3)
    assert rain.coefficients(ghz * 1e9, True) == pytest.approx((k_v, alpha_v), rel=1e-3)


def test_weather_dims_what_it_should_and_leaves_a_fair_day_as_it_is() -> None:
    site, raid = world.site(), world.raid(wind=(3.0, 1.0))
    fair = weather.air(site, raid)
    assert fair.sensors.pd.tobytes() == site.sensors.pd.tobytes()
    foul = raid._replace(weather=Weather(10.0, 2_000.0), wind_mps=np.array([9.0, 0.0, 0.0]))
    air = weather.air(site, foul)
    # rain of 10 mm/h: 1.076 * 10^0.67 = 5.03 dB/km, beside fog with 2 % contrast left at 2 km
    total = math.log(50.0) / 2_000.0 + 5.033 / 4.3429 / 1000.0
    assert air.sensors.pd[1, 4] == pytest.approx(3.912 / total, rel=1e-3)
    assert air.sensors.pd[3, 2] == site.sensors.pd[3, 2] + 1.5 * 4.0
    x = np.array([[1_000.0, 0, 10, 0, 0, 0], [8_000.0, 0, 10, 0, 0, 0]])
    loss = weather.rain_loss_db(air, 0, x)
    # S / (N + C) in plain numbers: 0.19 dB/km one way at 9.4 GHz (table 5 between 9 and 10 GHz)
    for r_m, db in zip((1_000.0, 8_000.0), loss.tolist(), strict=True):
        through = 10.0 ** (-2.0 * 0.193 * r_m / 1e4)
        unit = 10.0 ** ((92.0 - 20.0) / 10.0) * (r_m / 1e3) ** -4.0  # SNR of 1 m2 in the dry
        cell = math.pi / 4.0 * math.radians(2.5) * math.radians(5.0) * r_m**2 * 15.0
        rain_m2 = 7e-12 * 9.4**4 * 10.0**1.6 * cell / 1000.0
        ratio = through * unit / (1.0 + through * unit * rain_m2)
        assert db == pytest.approx(10.0 * math.log10(unit / ratio), abs=0.3)
    assert weather.rain_loss_db(weather.air(site, raid), 0, x).tolist() == [0.0, 0.0]


def test_night_is_when_the_sun_is_down() -> None:
    """Sunrise of 4 January at 33.79 N 42.44 E from the almanac's declination and equation of time.

    -22.75 degrees and -4.9 minutes that day: cos H = -tan(lat) tan(dec).
    """
    lat, lon = math.radians(33.79), math.radians(42.44)
    hour = math.degrees(math.acos(-math.tan(lat) * math.tan(math.radians(-22.75)))) / 15.0
    noon = 12.0 - 42.44 / 15.0 + 4.9 / 60.0
    day_ns = 1_641_254_400_000_000_000
    for h in (noon - hour, noon + hour):
        up = weather.sun_rad(day_ns + round(h * 3.6e12), lat, lon)
        assert math.degrees(up) == pytest.approx(0.0, abs=0.3)
    top = weather.sun_rad(day_ns + round(noon * 3.6e12), lat, lon)
    assert math.degrees(top) == pytest.approx(90.0 - 33.79 - 22.75, abs=0.1)
    site = world.site()._replace(origin=(lat, lon, 180.0))
    assert weather.night(site, day_ns) and not weather.night(site, day_ns + round(noon * 3.6e12))


def test_arrivals_are_poisson_and_a_corpus_is_its_seed() -> None:
    """Forty hours: as many flocks as asked for, heights and numbers in bounds."""
    gulls = config.load_nuisances("birds-flocks")
    raid = world.raid(duration_s=40 * 3600.0)._replace(groups=(), nuisances=(gulls,))
    one, two, other = (sim.world.traffic.with_nuisances(raid, s).groups for s in (7, 7, 8))
    assert [g.start_s for g in one] == [g.start_s for g in two] != [g.start_s for g in other]
    geese = [g for g in one if "/geese" in g.name]
    assert len(geese) == pytest.approx(240, abs=4 * math.sqrt(240))
    assert all(4 <= g.count <= 30 and 40 <= g.route[0, 2] <= 400 for g in geese)
    assert all(np.hypot(*g.route[0, :2]) <= 12_000 * 1.2 for g in geese)
