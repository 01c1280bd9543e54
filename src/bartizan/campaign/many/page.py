"""A campaign as one HTML file: leaks against size, links, warning time, wreckage, cover.

In: the order, the rows, the figures.  Out: report.html in the campaign's folder.
Does not: fetch, script, measure, or trust a name.
"""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from bartizan.campaign.heat import KEY, heat_map
from bartizan.campaign.many.book import Row
from bartizan.campaign.many.charts import MARK, bars, histogram, leak_chart, wreckage
from bartizan.campaign.many.order import Order
from bartizan.report.page import STYLE
from bartizan.sensing.cover import Cover


def write(
    folder: Path, order: Order, rows: tuple[Row, ...], found: dict[str, Any],
    covers: list[Cover] | None = None,
) -> Path:  # fmt: skip
    """Writes the page and returns its path."""
    path = folder / "report.html"
    path.write_text(render(order, rows, found, covers or []), encoding="utf-8")
    return path


def render(order: Order, rows: tuple[Row, ...], found: dict[str, Any], covers: list[Cover]) -> str:
    """The whole page; the same figures give the same bytes."""
    raid, site = order.raid, order.setup.site
    own = tuple(r for r in rows if order.cell(r.number) == order.main())
    warned = [r.played.warning_s for r in own if r.played.warning_s is not None]
    parts = [
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
        f"<title>{MARK} {escape(raid.title)}</title><style>{STYLE}</style></head><body>",
        f'<div class="mark">{MARK}</div><main><h1>{escape(raid.title)}: '
        f"{found['played']:,} raids</h1><p>{escape(site.title)}. The figures are of the "
        f"{found['raids']:,} raids of {escape(named(found))}; every condition stands in the table "
        "of conditions, played with the same dice.</p>",
        _table("In short", _short(found)),
        _figure(leak_chart(found["cells"]), "Probability that an attacker reaches the wall "
                "against the number of attackers, with 95 % intervals (Clopper & Pearson 1934)."),
        _table("Conditions", _cells(found["cells"])),
        _figure(bars(found["broken_links"]), "Which link broke first, in the chain of the first "
                "attacker that leaked, by raids."),
        _figure(histogram(np.array(warned)), "Warning time: from when people hear the alarm until "
                "the first attacker would be at the wall [s]; 0 is no warning."),
        _figure(wreckage(order, own, found["wreckage"]), "Where wreckage fell in all raids (crosses; "
                "red inside the wall), and the least areas that hold 50, 95 and 99.9 % of what is "
                "shot down; the wall in black, areas with people in orange."),
        _figure(wreckage(order, own, found["wreckage"], close=True), "The same, nearer."),
        _table("Magazine", [("effector", "p kill", "shots", "a raid", "at most", "emptied in"), *(
            (name, f"{m['p_kill']:g}", f"{m['of']}", f"{m['fired_per_raid']:.2f}",
             f"{m['most_fired']:.0f}", f"{m['emptied']:.1%}")
            for name, m in found["magazine"].items())]),
        *_cover(order, covers, found.get("coverage", [])),
        *_sensitivity(found.get("sensitivity")),
        _table("Lost", [(f"raid {x['number']}", f"seed {x['seed']}", x["why"])
                        for x in found["lost"]]),
        "<h2>Not known, and assumed</h2><ul><li>Effectors, sensors, routes and people's times are "
        "models; each figure's source stands in the site and raid files, or the word assumed."
        f"</li><li>{'The site is schematic.' if site.schematic else 'The site is as given.'}</li>"
        "<li>Intervals say how much the number of raids leaves open, not whether the models hold. "
        "Where a campaign stopped by its width, their coverage is slightly less than stated.</li>"
        "<li>The areas of wreckage hold for the hits of these raids; more raids would have others."
        "</li></ul><p>Any of these raids again, as a full run: "
        "<code>bartizan run --from FOLDER --raid-number K</code></p></main>",
        f'<div class="mark">{MARK}</div></body></html>\n',
    ]  # fmt: skip
    return "".join(parts)


def named(cell: dict[str, Any]) -> str:
    """A condition in words."""
    p = "as the site says" if cell["p_kill"] is None else f"{cell['p_kill']:g}"
    many = "attacker" if cell["attackers"] == 1 else "attackers"
    return f"{cell['attackers']} {many}, p kill {p}, {cell['policy']}"


def _span(low_high: Any, form: str) -> str:
    return "" if low_high is None else " to ".join(format(v, form) for v in low_high)


def _value(v: float | None, form: str) -> str:
    return "not known" if v is None else format(v, form)


def _short(found: dict[str, Any]) -> list[tuple[str, ...]]:
    w, fell = found["warning_time_s"], found["wreckage"]
    out: list[tuple[str, ...]] = [
        ("leak probability", _value(found["leak_probability"], ".2%"),
         _span(found["leak_interval"], ".2%")),
        ("attackers detected", _value(found["detection_probability"], ".2%"),
         _span(found["detection_interval"], ".2%")),
        ("false alarms an hour", _value(found["false_alarms_per_hour"], ".3f"),
         _span(found["false_alarms_interval"], ".3f")),
        ("tracks not shot at (people, friends)", f"{found['refused']}",
         f"because of people: {found['refused_because_of_people']}"),
        ("wrecks inside the walls, attackers' own among them",
         f"{found['wreckage_inside_walls']}", ""),
        ("others shot down", f"{found['others_shot_down']}", ""),
    ]  # fmt: skip
    for name, words in (("inside_walls", "inside the walls"), ("on_people", "on people")):
        if fell[name] is not None:
            error = fell[name]["standard_error"]
            more = "" if error is None else f"standard error {error:.2g}"
            p = f"{fell[name]['p_per_raid']:.2g}"
            out.append((f"probability a raid that what is shot down falls {words}", p, more))
    if w["p50"] is not None:
        span = f"{w['p05']:.0f} to {w['p95']:.0f} s; no warning in {w['none']:.1%}"
        out.insert(1, ("warning time, median", f"{w['p50']:.0f} s", span))
    if found["assignment"] is not None:
        a = found["assignment"]
        out.append(("value left by the optimal assignment, by greedy",
                    f"{a['left']:.4f}, {a['greedy_left']:.4f}",
                    f"{a['made']} made; certified gap {a['worst_gap']:.2g} at worst"))  # fmt: skip
    return out


def _cells(cells: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    if len(cells) < 2:
        return []
    head = ("condition", "raids", "leak", "95 %", "detected", "false alarms an hour",
            "warning, median", "broke first")  # fmt: skip
    return [head, *(
        (named(c), f"{c['raids']}", _value(c["leak_probability"], ".1%"),
         _span(c["leak_interval"], ".1%"), _value(c["detection_probability"], ".1%"),
         _value(c["false_alarms_per_hour"], ".2f"), _value(c["warning_time_s"]["p50"], ".0f"),
         next(iter(sorted(c["broken_links"], key=lambda k: -c["broken_links"][k])), ""))
        for c in cells)]  # fmt: skip


def _cover(order: Order, covers: list[Cover], figures: list[dict[str, Any]]) -> list[str]:
    """A heat map a height."""
    out = []
    for c, f in zip(covers, figures, strict=True):
        out.append(_figure(heat_map(order.setup.site, c), f"Blind at {c.height_m:g} m over the "
                           f"ground: {f['blind_share']:.1%} of the circle of "
                           f"{f['circle_m'] / 1000:g} km."))  # fmt: skip
    return ["<h2>Where the sensors are blind</h2>", f"<p>{KEY}</p>", *out] if out else []


def _sensitivity(found: dict[str, Any] | None) -> list[str]:
    if not found:
        return []
    keys = ("mu_star", "mu_star_width", "sigma") if found["method"] == "morris" else (
        "s1", "s1_width", "st", "st_width")  # fmt: skip
    rows = sorted(found["factors"], key=lambda f: -f["mu_star" if "mu_star" in f else "st"])
    return [_table(f"What the {found['by']} depends on ({found['method']})", [
        ("factor", *keys), *((f["factor"], *(f"{f[k]:.3g}" for k in keys)) for f in rows)])]  # fmt: skip


def _table(title: str, rows: list[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    body = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in r) + "</tr>" for r in rows)
    return f'<h2>{escape(title)}</h2><div class="scroll"><table>{body}</table></div>'


def _figure(svg: str, caption: str) -> str:
    return f"<figure>{svg}<figcaption>{escape(caption)}</figcaption></figure>" if svg else ""
