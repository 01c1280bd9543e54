"""What is told of the sensors' registration.

In: a `Desk`, a `Registration`.  Out: SENSOR events, answers to acts.  Does not: estimate or
apply a bias.
"""

from __future__ import annotations

from bartizan.types import Act, EventKind, Registration, RegistrationNews
from bartizan.units import RAD_PER_DEG
from bartizan.warn.state import Desk

QUANTITIES = (
    ("range", "m", 1.0), ("azimuth", "deg", 1.0 / RAD_PER_DEG), ("elevation", "deg", 1.0 / RAD_PER_DEG),
    ("clock", "s", 1.0),
)  # fmt: skip
SIGNIFICANT = 5.0  # a quantity is named when it is over so many sigma


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
