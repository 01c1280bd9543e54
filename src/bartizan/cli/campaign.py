"""`bartizan campaign`: a raid over many seeds, kept as it goes; and one of them again.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path
from typing import Any

from rich.console import Console

from bartizan import __version__
from bartizan.cli import say
from bartizan.errors import InputError

HEIGHTS = (30.0, 100.0, 300.0)  # of the report's heat maps [m]
FORMAT = 2  # of campaign.json
KEPT = ("site.yaml", "raid.yaml")  # the files as they were, kept with the results


def add(verbs: say.Verbs) -> None:
    """Adds the command to the parser."""
    verb = verbs.add_parser("campaign", help="a raid over many seeds: leaks, links, warning time")
    verb.add_argument("site", help="built-in name or YAML file; - for the raid's own")
    verb.add_argument("raid", help="built-in name or YAML file")
    verb.add_argument("--raids", type=int, default=200, help="of each size and probability")
    verb.add_argument("--out", type=Path, help="results folder (default: runs/campaign-RAID)")
    verb.add_argument("--resume", action="store_true", help="go on with what --out holds")
    verb.add_argument("--seed", type=int, default=0, help="of raid number 0; the rest follow")
    verb.add_argument("--sizes", type=int, nargs="+", metavar="N", help="attackers in the raid")
    verb.add_argument("--p-kill", type=float, nargs="+", metavar="P",
                      help="single-shot probability of every effector (as 0.3 0.6 0.9)")  # fmt: skip
    verb.add_argument("--width", type=float, default=0.0,
                      help="stop when the 95%% interval of the leak probability is no wider")  # fmt: skip
    verb.add_argument("--crew", choices=("none", "drilled", "tired"), default="drilled",
                      help="the people in the chain (default: %(default)s)")  # fmt: skip
    verb.add_argument("--policy", choices=("greedy", "optimal"), default="greedy")
    verb.add_argument("--salvo", type=int, default=1, help="shots before looking; default 1")
    verb.add_argument("--sensitivity", choices=("morris", "sobol"),
                      help="what the warning time depends on, into the report (more raids)")  # fmt: skip
    verb.add_argument("--draws", type=int, default=10, help="of --sensitivity")
    verb.add_argument("--no-effectors", action="store_true", help="nothing shoots back")
    verb.add_argument("--engine", choices=("pool", "ray"), default="pool")
    verb.add_argument("--ray-address", default="", help="a Ray cluster (default: one made here)")
    say.workers_option(verb)
    say.json_option(verb)
    verb.set_defaults(call=_campaign)


def _campaign(args: argparse.Namespace) -> int:
    from bartizan import config
    from bartizan.campaign import heat, many
    from bartizan.campaign.many import engine

    folder = args.out or Path("runs") / f"campaign-{Path(args.raid).stem}"
    at = None if args.site == "-" else config.load_site(args.site)
    raid, loaded = config.load_raid(args.raid, at)
    size = many.order.attackers(raid)
    kept = _kept(loaded.path, args.raid)
    plan = {
        "format": FORMAT, "version": __version__, "raid": raid.name, "site": loaded.site.name, "first_seed": args.seed,
        "sizes": args.sizes or [size], **p_kills(args, loaded.effectors), "crew": args.crew,
        "policy": args.policy, "salvo": args.salvo, "effectors": not args.no_effectors,
        "files": {name: _digest(path) for name, path in kept.items()},
    }  # fmt: skip
    order = order_of(plan, raid, loaded)
    many.check(order, args.raids)
    if not 0.0 <= args.width <= 1.0 or args.draws < 2:
        raise InputError(
            f"--width {args.width:g} --draws {args.draws}: expected 0 to 1, and 2 or more"
        )
    engine.check(args.engine)
    console = say.console(args)
    with many.Book(folder, plan, args.resume) as book:
        _keep(folder, kept)
        if book.damaged:
            console.print(
                f"{folder}: {book.damaged} half-written raid(s) set aside, played again",
                soft_wrap=True,
            )
        say.warm(console, loaded.site)
        most, rate = _play(args, console, order, book)
        rows = book.seal(most)
        lost = tuple(book.lost[k] for k in sorted(book.lost) if k < most)
    if not rows:
        raise InputError(f"{folder}: no raid could be played: {lost[0].why if lost else ''}")
    found = many.summary(order, rows, lost, rate) | {"folder": str(folder)}
    covers = _covers(loaded.site)
    found["coverage"] = heat.figures(loaded.site, covers)
    if args.sensitivity:
        found["sensitivity"] = _sensitivity(args, console, order)
    found["report"] = str(many.page.write(folder, order, rows, found, covers))
    (folder / "summary.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    _tell(console, raid.title, found)
    if args.json:
        print(json.dumps(found))
    return 0


def _covers(site: Any) -> list[Any]:
    """Cover at each of HEIGHTS for the report's heat maps."""
    from bartizan.sensing import cover

    axis = cover.grid(10_000.0, 100.0)
    return [cover.cover(site.sensors, axis, axis, h, terrain=site.terrain) for h in HEIGHTS]


def _sensitivity(args: argparse.Namespace, console: Console, order: Any) -> dict[str, Any]:
    """Indices about the campaign's main condition; p kill is one of the factors."""
    from bartizan.campaign.many import Cell
    from bartizan.campaign.plan import sensitivity

    main = order.main()
    about = order._replace(cells=(Cell(main.attackers, None, main.policy),))
    with console.status(f"{args.sensitivity} indices..."):
        found = sensitivity.analyse(about, args.sensitivity, args.draws, 2, "warning", args.workers)
    return sensitivity.told(args.sensitivity, "warning", found)


def p_kills(args: argparse.Namespace, effectors: Any) -> dict[str, Any]:
    """The single-shot probabilities to play, and whether only where the site says none."""
    from bartizan.sim.spec import P_KILLS

    if args.p_kill is not None:
        return {"p_kill": args.p_kill, "unsaid": False}
    open_ = not args.no_effectors and any(not e.said for e in effectors)
    return {"p_kill": list(P_KILLS) if open_ else [None], "unsaid": open_}


def _kept(site: Path, raid: str) -> dict[str, Path]:
    """What is kept with the results, so that a raid can be played again: name there, and file."""
    from bartizan import config

    out = dict(zip(KEPT, (site, config.find(raid, "raids")), strict=True))
    for p in config.corpora_beside(raid):
        out[p.name] = p
    for name in config.files_of(site):
        if ".." in Path(name).parts or name in out:
            raise InputError(f"{site}: {name}: expected a file in the site's own folder")
        out[name] = site.parent / name
    return out


def _digest(path: Path) -> str:
    from hashlib import blake2b, file_digest

    with path.open("rb") as f:
        return file_digest(f, lambda: blake2b(digest_size=8)).hexdigest()


def _keep(folder: Path, kept: dict[str, Path]) -> None:
    """Copies what is kept into the results; a file named by its whole path stays where it is."""
    for name, path in kept.items():
        to = folder / name
        if to != path and not (to.is_file() and _digest(to) == _digest(path)):
            to.parent.mkdir(parents=True, exist_ok=True)
            half = to.with_name(to.name + ".part")
            shutil.copyfile(path, half)
            half.replace(to)


def order_of(plan: dict[str, Any], raid: Any, loaded: Any) -> Any:
    """The campaign's order: what a plan in plain words means at a site."""
    from bartizan.campaign import Conduct, night
    from bartizan.campaign.crew import CREWS
    from bartizan.campaign.many import Cell, Order
    from bartizan.config.history import attacks_before
    from bartizan.sim.spec import Policy

    policies = ("optimal", "greedy") if plan["policy"] == "optimal" else ("greedy",)
    cells = tuple(
        Cell(n, p, policy, plan["unsaid"])
        for policy in policies for p in plan["p_kill"] for n in plan["sizes"]
    )  # fmt: skip
    return Order(
        night.setup(loaded.site, attacks_before(loaded.site.name, raid.t0_ns), raid.t0_ns), raid,
        loaded.effectors if plan["effectors"] else (), plan["first_seed"], cells,
        Conduct(CREWS[plan["crew"]], Policy(plan["policy"], plan["salvo"])),
    )  # fmt: skip


def _play(args: argparse.Namespace, console: Console, order: Any, book: Any) -> tuple[int, float]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn  # fmt: skip  # noqa: I001

    from bartizan.campaign import many

    columns = (TextColumn("raids"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=args.raids * len(order.cells), completed=len(book.rows))

        def told(p: many.Progress) -> None:
            words = f"{p.per_second:.2f}/s  leak {p.low:.1%} to {p.high:.1%}"
            bar.update(task, completed=p.done, total=p.asked, description=words)

        return many.conduct(
            order, book, args.raids, args.width, args.engine, args.workers, args.ray_address, told
        )


def _tell(console: Console, title: str, found: dict[str, Any]) -> None:
    from bartizan.campaign.many.page import named

    lines = [
        f"EXERCISE EXERCISE EXERCISE  {title}: {found['played']} raids, "
        f"{found['raids_per_second']:.2f} a second"
    ]
    for c in sorted(found["cells"], key=lambda c: named(c) != named(found)):
        if c["raids"]:
            low, high = c["leak_interval"]
            lines.append(
                f"{named(c)}: a leak in {c['leak_probability']:.1%} of {c['raids']} raids (95 % "
                f"interval {low:.1%} to {high:.1%}); detected {c['detection_probability']:.1%} of "
                f"attackers, {c['false_alarms_per_hour']:.2f} false alarms an hour"
            )
    warned, fell, best = found["warning_time_s"], found["wreckage"], found["assignment"]
    if warned["p50"] is not None:
        lines.append(f"warning time {warned['p05']:.0f} / {warned['p50']:.0f} / "
                     f"{warned['p95']:.0f} s (5, 50, 95 %)")  # fmt: skip
    if found["broken_links"]:
        lines.append("broken first: " + ", ".join(f"{k} {n}" for k, n in found["broken_links"].items()))  # fmt: skip
    if found["refused"]:
        lines.append(f"not shot at: {found['refused']} tracks, {found['refused_because_of_people']} "
                     "because the wreck would fall on people")  # fmt: skip
    if fell["contours"]:
        lines.append("wreckage: " + ", ".join(
            f"{100 * c['level']:g} % in {c['area_m2'] / 1e6:.2g} km2" for c in fell["contours"]
        ) + f"; in a raid inside the walls with {fell['inside_walls']['p_per_raid']:.2g}, on people "
            f"with {fell['on_people']['p_per_raid']:.2g}")  # fmt: skip
    if best is not None:
        lines.append(f"optimal assignments: {best['made']}, value left {best['left']:.4f}, greedy "
                     f"{best['greedy_left']:.4f}, certified gap {best['worst_gap']:.2g} at worst")  # fmt: skip
    lines += [f"lost: raid {x['number']} (seed {x['seed']}): {x['why']}" for x in found["lost"]]
    lines.append(f"Report: {found['report']}")
    console.print("\n".join(lines), highlight=False, soft_wrap=True)


def again(folder: Path, number: int) -> Any:
    """Raid `number` of a campaign, as it was: a `Night` without a folder yet, and how it ended.

    Raises InputError when the folder or the number is not of a campaign.
    """
    from bartizan import config
    from bartizan.campaign.many import book

    plan = book.read_order(folder)
    if plan.get("format") != FORMAT or plan.get("version") != __version__:
        raise InputError(
            f"{folder / book.ORDER}: expected a campaign of bartizan {__version__}, format {FORMAT} "
            f"(found {plan.get('version')}, {plan.get('format')}): another version plays other raids"
        )
    for name, digest in plan["files"].items():
        if not (folder / name).is_file() or _digest(folder / name) != digest:
            raise InputError(
                f"{folder / name}: expected the file that the campaign was played with"
            )
    raid, loaded = config.load_raid(folder / KEPT[1], config.load_site(folder / KEPT[0]))
    order = order_of(plan, raid, loaded)
    row = book.read_log(folder)[1].get(number)
    if row is None:
        raise InputError(f"--raid-number {number}: expected the number of a raid in {folder / book.LOG}")  # fmt: skip
    return order.night(number), row.played
