"""The sensors' health, and what is told of their registration.

In: a `Desk`, whose scan this is, a `Registration`.  Out: `Pulse`, SENSOR events, answers to
acts.  Does not: estimate or apply a bias.

Health.  A sensor that looks is stale when not heard for `stale_s` and `stale_looks` looks,
lost for `lost_s` and `lost_looks`; told when it is lost and when it is back.  A cooperative
receiver is heard only when something reports, so its silence is QUIET and says nothing.
"""

from __future__ import annotations

import numpy as np

from bartizan.types import Act, EventKind, Health, Registration, RegistrationNews, SensorKind
from bartizan.units import NS_PER_S, RAD_PER_DEG
from bartizan.warn.state import Desk, Pulse

LOOKS = int(SensorKind.DIRECTION_FINDER)  # kinds above this are heard only when they report
QUANTITIES = (
    ("range", "m", 1.0), ("azimuth", "deg", 1.0 / RAD_PER_DEG), ("elevation", "deg", 1.0 / RAD_PER_DEG),
    ("clock", "s", 1.0),
)  # fmt: skip
SIGNIFICANT = 5.0  # a quantity is named when it is over so many sigma


def listen(desk: Desk, pulse: Pulse, heard: int) -> Pulse:
    """The pulse after this scan; events for sensors newly lost, and back."""
    s = desk.site.sensors
    if heard < 0 and len(pulse.health) and not pulse.heard_ns.any():
        return pulse  # nobody listens: all are as quiet as they were
    heard_ns = pulse.heard_ns.copy() if len(pulse.heard_ns) else np.zeros(len(s.kind), np.int64)
    before = pulse.health if len(pulse.health) else np.zeros(len(s.kind), np.int64)
    if heard >= 0:
        heard_ns[heard] = desk.t_ns
    p, looks = desk.params, s.kind < LOOKS
    age_s = (desk.t_ns - heard_ns) / NS_PER_S
    stale = age_s > np.maximum(p.stale_s, p.stale_looks * s.period_s)
    lost = age_s > np.maximum(p.lost_s, p.lost_looks * s.period_s)
    health = np.where(lost, int(Health.LOST), np.where(stale, int(Health.STALE), int(Health.FRESH)))
    health = np.where(heard_ns == 0, int(Health.QUIET), health)
    health[~looks & (health > Health.FRESH)] = int(Health.QUIET)
    for row in np.flatnonzero((health == Health.LOST) != (before == Health.LOST)).tolist():
        name = desk.site.sensor_names[row]
        gone = health[row] == Health.LOST
        text = f"{name} lost: not heard for {age_s[row]:.0f} s" if gone else f"{name} is back"
        desk.tell(EventKind.SENSOR, text, (), (), (("sensor", float(row)),))
    return Pulse(heard_ns, health)


def tell_registration(desk: Desk, registration: Registration | None) -> None:
    """One event a sensor whose bias is newly offered, or whose comparisons jumped."""
    if registration is None:
        return
    for s, news in enumerate(registration.news.tolist()):
        name = desk.site.sensor_names[s]
        data = tuple(
            (f"{what}_{unit}", float(registration.bias[s, c] * factor))
            for c, (what, unit, factor) in enumerate(QUANTITIES)
        )
        if news == RegistrationNews.OFFERED:
            text = (
                f"{name} is off by {bias_words(registration, s)}; accept it, or have it looked at"
            )
            fit = (
                f"{registration.compared[s]} comparisons with other sensors; median off by "
                f"{registration.before[s]:.1f} sigma, {registration.after[s]:.1f} with it taken off"
            )
            desk.tell(EventKind.SENSOR, text, (), (fit,), data)
        elif news == RegistrationNews.JUMPED:
            text = f"{name} no longer agrees with the others: it may have moved or turned"
            desk.tell(EventKind.SENSOR, text, (), (), data)


def bias_words(registration: Registration, s: int) -> str:
    """The significant parts of a sensor's bias, with their 1-sigma."""
    said = []
    for c, (what, unit, factor) in enumerate(QUANTITIES):
        bias, sd = registration.bias[s, c] * factor, registration.sd[s, c] * factor
        if abs(bias) > SIGNIFICANT * sd:
            said.append(f"{what} {bias:+.1f} \u00b1 {sd:.1f} {unit}")
    return ", ".join(said) or "nothing significant"


def answer(desk: Desk, act: Act, registration: Registration | None) -> str:
    """What came of an act "register"."""
    names = desk.site.sensor_names
    if not 0 <= act.subject < len(names):
        return f"{act.who or 'somebody'}: register refused: there is no sensor {act.subject}"
    name = names[act.subject]
    if registration is not None and registration.news[act.subject] == RegistrationNews.ACCEPTED:
        return f"{act.who} accepts the registration of {name}"
    if not act.who.strip():
        return "somebody: register refused: an act needs the name of who does it"
    return f"{act.who}: register refused: nothing is offered for {name}"
