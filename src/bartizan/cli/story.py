"""`bartizan story`: the night of 4 January 2022, from first plot to a report of who says what.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import datetime
import json
from importlib import resources
from pathlib import Path
from typing import Any

from rich.console import Console

from bartizan.cli import say
from bartizan.errors import InputError

RAID = "ain-al-asad-2022-01-04"
REPORT = "2022-01-04.txt"  # public facts in words of this project's own
PUBLISHED = "2022-01-04"


def add(verbs: say.Verbs) -> None:
    """Adds the command to the parser."""
    story = verbs.add_parser("story", help="a raid, the report on it, both laid side by side")
    story.add_argument("--article", type=Path, metavar="FILE",
                       help="the report to take in (default: one in words of our own)")  # fmt: skip
    story.add_argument(
        "--published", default=PUBLISHED, metavar="DATE", help="default: %(default)s"
    )
    story.add_argument("--seed", type=int, default=7, help="default: %(default)s")
    story.add_argument("--who", default="the person at this machine", metavar="NAME",
                       help="who takes it into the record (default: %(default)s)")  # fmt: skip
    say.json_option(story)
    say.runs_option(story)
    story.set_defaults(call=_story)


def _story(args: argparse.Namespace) -> int:
    from bartizan.cli.incidents.verb import places
    from bartizan.incidents import statement
    from bartizan.incidents.report import gather, render
    from bartizan.incidents.store import Store
    from bartizan.units import ns_from_iso

    console = say.console(args)
    drafted = _drafted(args)
    t_ns = ns_from_iso(f"{args.published}T12:00:00+00:00")
    folder, posture = _played(args, console)
    known = places()
    with Store(folder / "incidents.db", write=True) as store:
        name, others = _kept(store, folder, drafted, args.who, t_ns, known)
    with Store(folder / "incidents.db") as store:
        incident = store.incident(name)
        forecast = _forecast(posture, incident.site, incident.to_ns or t_ns)
        dossier = gather(store, name, known, folder, forecast)
        page = folder / "story.html"
        page.write_text(render(dossier), encoding="utf-8")
    words = statement.text(dossier.statement)
    verdicts = [str(k.verdict) for k in dossier.checked]
    counts = {v: verdicts.count(v) for v in sorted(set(verdicts))}
    console.print(words, highlight=False, markup=False)
    console.print(
        f"Claims beside the simulated record: {verdicts.count('agrees')} agree, "
        f"{verdicts.count('contradicts')} contradict it, of {verdicts.count('cannot_tell')} it cannot "
        "tell", highlight=False,
    )  # fmt: skip
    console.print(f"Record: bartizan incidents show {name} --db {folder / 'incidents.db'}",
                  highlight=False, soft_wrap=True)  # fmt: skip
    console.print(f"Report: {page}", highlight=False, soft_wrap=True)
    if args.json:
        print(json.dumps({
            "run": str(folder), "report": str(page), "incident": name, "others": others,
            "claims": len(dossier.case.claims), "checked": counts,
            "likenesses": [_plain(k) for k in dossier.likenesses],
            "contradictions": len(dossier.contradictions), "forecast": forecast,
            "statement": words,
        }))  # fmt: skip
    return 0


def _drafted(args: argparse.Namespace) -> bytes:
    """The report's draft, as `bartizan intake --json` prints it."""
    from bartizan.incidents import intake

    try:
        published = datetime.date.fromisoformat(args.published)
    except ValueError as e:
        raise InputError(f"--published: {args.published!r}; expected a day as {PUBLISHED}") from e
    own = Path(str(resources.files("bartizan"))) / "data" / "reports" / REPORT
    text = intake.read(str(args.article or own), None)
    out = intake.draft(intake.reading(text, published, intake.gazetteer(None), None))
    return json.dumps(out).encode()


def _played(args: argparse.Namespace, console: Console) -> tuple[Path, str]:
    """The night's folder, and the posture's forecast in words."""
    from bartizan import config, report
    from bartizan.campaign import Night, Played, night
    from bartizan.config.history import attacks_before

    raid, loaded = config.load_raid(RAID)
    setup = night.setup(loaded.site, attacks_before(loaded.site.name, raid.t0_ns), raid.t0_ns)
    say.warm(console, loaded.site)
    folder = night.new_folder(args.runs, f"story-seed{args.seed}")
    forecast = ""
    with console.status("EXERCISE: the night is played..."):
        for frame in night.record(Night(setup, raid, loaded.effectors, args.seed, folder)):
            if not isinstance(frame, Played) and frame.outputs:
                forecast = frame.outputs[-1].watch.posture.forecast
    report.write(folder)
    return folder, forecast


def _kept(
    store: Any, folder: Path, drafted: bytes, who: str, t_ns: int, known: tuple[Any, ...]
) -> tuple[str, list[str]]:
    """The run's incident with the report's claims on it; the report's other incidents."""
    from bartizan.incidents import tie
    from bartizan.incidents.record import changes, draft

    openings = tie.from_run(folder, None)
    if not openings:
        raise InputError(f"{folder}: no alarm was raised: expected a raid that is seen")
    opened = [changes.opened(store, o.incident, o.evidence, who, t_ns) for o in openings]
    (one,) = draft.read(drafted, "the report's draft", None)
    site = openings[0].incident.site.replace("-", "_")
    same = next((i.id for i in one.incidents if i.site == site), None)
    into = {} if same is None else {same: opened[0]}
    added = changes.add(store, one, who, t_ns, into, known)
    return opened[0], [n for n in added.incidents.values() if n != opened[0]]


def _forecast(posture: str, site: str, now_ns: int) -> dict[str, Any]:
    """What the posture of the run says of another attack, and the recurrence when it was over."""
    import numpy as np

    from bartizan.config.history import attacks_before
    from bartizan.incidents.recurrence import outlook, told

    known = np.array([*attacks_before(site, now_ns), now_ns], np.int64)
    return {"posture": posture, **told(outlook(known, now_ns, int(known.min())))}


def _plain(likeness: Any) -> dict[str, Any]:
    out: dict[str, Any] = likeness._asdict()
    return out
