"""`bartizan campaign`: a raid over many seeds, kept as it goes; and one of them again.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from rich.console import Console

from bartizan.cli import say
from bartizan.errors import InputError

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
    verb.add_argument("--no-effectors", action="store_true", help="nothing shoots back")
    verb.add_argument("--engine", choices=("pool", "ray"), default="pool")
    verb.add_argument("--ray-address", default="", help="a Ray cluster (default: one made here)")
    say.workers_option(verb)
    say.json_option(verb)
    verb.set_defaults(call=_campaign)


def _campaign(args: argparse.Namespace) -> int:
    from bartizan import config
    from bartizan.campaign import many

    folder = args.out or Path("runs") / f"campaign-{Path(args.raid).stem}"
    at = None if args.site == "-" else config.load_site(args.site)
    raid, loaded = config.load_raid(args.raid, at)
    size = many.order.attackers(raid)
    paths = (loaded.path, config.find(args.raid, "raids"), *config.corpora_beside(args.raid))
    plan = {
        "format": 1, "raid": raid.name, "site": loaded.site.name, "first_seed": args.seed,
        "sizes": args.sizes or [size], "p_kill": args.p_kill or [None], "crew": args.crew,
        "policy": args.policy, "salvo": args.salvo, "effectors": not args.no_effectors,
        "files": _digests(*paths),
    }  # fmt: skip
    if len(paths) > len(KEPT):
        plan["corpora"] = [p.name for p in paths[len(KEPT) :]]
    order = order_of(plan, raid, loaded)
    many.check(order, args.raids)
    console = say.console(args)
    with many.Book(folder, plan, args.resume) as book:
        _keep(folder, *paths)
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
    found["report"] = str(many.page.write(folder, order, rows, found))
    (folder / "summary.json").write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    _tell(console, raid.title, found)
    if args.json:
        print(json.dumps(found))
    return 0


def _digests(*paths: Path) -> list[str]:
    from hashlib import blake2b

    return [blake2b(p.read_bytes(), digest_size=8).hexdigest() for p in paths]


def _keep(folder: Path, *paths: Path) -> None:
    """The site's, raid's and corpora's files into the results, so that a raid can be played again."""
    names = (*KEPT, *(p.name for p in paths[len(KEPT) :]))
    for path, name in zip(paths, names, strict=True):
        (folder / name).write_bytes(path.read_bytes())


def order_of(plan: dict[str, Any], raid: Any, loaded: Any) -> Any:
    """The campaign's order: what a plan in plain words means at a site."""
    from bartizan.campaign import Conduct, night
    from bartizan.campaign.crew import CREWS
    from bartizan.campaign.many import Cell, Order
    from bartizan.config.history import attacks_before
    from bartizan.sim.spec import Policy

    cells = tuple(Cell(n, p) for p in plan["p_kill"] for n in plan["sizes"])
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
    low, high = found["leak_interval"]
    warned = found["warning_time_s"]
    lines = [
        f"EXERCISE EXERCISE EXERCISE  {title}: {found['raids']} raids, "
        f"{found['raids_per_second']:.2f} a second",
        f"a leak in {found['leak_probability']:.1%} (95 % interval {low:.1%} to {high:.1%})",
        f"detected {found['detection_probability']:.1%} of attackers, "
        f"{found['false_alarms_per_hour']:.2f} false alarms an hour",
    ]
    if warned["p50"] is not None:
        lines.append(f"warning time {warned['p05']:.0f} / {warned['p50']:.0f} / "
                     f"{warned['p95']:.0f} s (5, 50, 95 %)")  # fmt: skip
    if found["broken_links"]:
        lines.append("broken first: " + ", ".join(f"{k} {n}" for k, n in found["broken_links"].items()))  # fmt: skip
    lines += [f"lost: raid {x['number']} (seed {x['seed']}): {x['why']}" for x in found["lost"]]
    lines.append(f"Report: {found['report']}")
    console.print("\n".join(lines), highlight=False, soft_wrap=True)


def again(folder: Path, number: int) -> Any:
    """Raid `number` of a campaign, as it was: a `Night` without a folder yet.

    Raises InputError when the folder or the number is not of a campaign.
    """
    from bartizan import config
    from bartizan.campaign.many import book

    plan = book.read_order(folder)
    names = (*KEPT, *plan.get("corpora", ()))
    for name, digest in zip(names, plan["files"], strict=True):
        if not (folder / name).is_file() or _digests(folder / name) != [digest]:
            raise InputError(
                f"{folder / name}: expected the file that the campaign was played with"
            )
    raid, loaded = config.load_raid(folder / KEPT[1], config.load_site(folder / KEPT[0]))
    order = order_of(plan, raid, loaded)
    if number not in book.read_log(folder)[1]:
        raise InputError(f"--raid-number {number}: expected the number of a raid in {folder / book.LOG}")  # fmt: skip
    return order.night(number)
