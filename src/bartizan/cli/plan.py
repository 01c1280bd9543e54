"""`bartizan plan` and `bartizan sensitivity`: where the next sensor belongs, what matters.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import json
from typing import Any

from bartizan.cli import campaign, say
from bartizan.errors import InputError


def add(verbs: say.Verbs) -> None:
    """Adds the commands to the parser."""
    verb = verbs.add_parser("plan", help="where the next sensor, or the first k, belong")
    _shared(verb)
    verb.add_argument("--candidates", required=True, metavar="FILE", help="YAML: sensors and cost")
    verb.add_argument("--k", type=int, default=1, help="how many, one after another")
    verb.add_argument("--by", choices=("warning", "leak"), default="warning")
    verb.add_argument("--delta", type=float, help="a difference that does not matter: seconds of "
                      "warning (default 10), or share of raids (default 0.05)")  # fmt: skip
    verb.add_argument("--confidence", type=float, default=0.95, help="of a right choice")
    verb.add_argument("--first", type=int, default=10, help="raids of each layout before screening")
    verb.add_argument("--limit", type=int, default=200, help="raids of each layout at most")
    verb.set_defaults(call=_plan)

    verb = verbs.add_parser("sensitivity", help="what the outcome depends on: Morris, Sobol")
    _shared(verb)
    verb.add_argument("--method", choices=("morris", "sobol"), default="morris")
    verb.add_argument("--by", choices=("warning", "leak"), default="warning")
    verb.add_argument("--draws", type=int, default=10, help="trajectories, or base samples")
    verb.add_argument("--raids", type=int, default=2, help="seeds at each point")
    verb.set_defaults(call=_sensitivity)


def _shared(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("site", help="built-in name or YAML file; - for the raid's own")
    verb.add_argument("--raid", default="ain-al-asad-2022-01-04", help="default: %(default)s")
    verb.add_argument("--seed", type=int, default=0, help="of the first raid")
    verb.add_argument("--crew", choices=("none", "drilled", "tired"), default="drilled")
    verb.add_argument("--no-effectors", action="store_true", help="nothing shoots back")
    say.workers_option(verb)
    say.json_option(verb)


def _order(args: argparse.Namespace) -> tuple[Any, Any]:
    from bartizan import config
    from bartizan.campaign import many

    at = None if args.site == "-" else config.load_site(args.site)
    raid, loaded = config.load_raid(args.raid, at)
    asked = {
        "first_seed": args.seed, "sizes": [many.order.attackers(raid)], "p_kill": [None],
        "crew": args.crew, "policy": "greedy", "salvo": 1, "effectors": not args.no_effectors,
    }  # fmt: skip
    order = campaign.order_of(asked, raid, loaded)
    many.check(order, 1)
    return order, loaded


def _plan(args: argparse.Namespace) -> int:
    from bartizan.campaign import plan
    from bartizan.config.candidates import load_candidates

    order, loaded = _order(args)
    candidates = load_candidates(args.candidates, loaded)
    plan.check(loaded.site, candidates, args.k)
    delta = args.delta if args.delta is not None else 10.0 if args.by == "warning" else 0.05
    if not 0.5 <= args.confidence < 1.0:
        raise InputError(f"--confidence {args.confidence:g}: expected 0.5 to under 1")
    if not delta > 0.0:
        raise InputError(f"--delta {delta:g}: expected over 0")
    if args.first < 2 or args.limit < args.first:
        raise InputError(f"--first {args.first} --limit {args.limit}: expected 2 <= first <= limit")
    console = say.console(args)
    say.warm(console, loaded.site)
    chosen = []
    with console.status("raids: 0") as status:
        for c in plan.choose(
            order, candidates, args.k, args.by, delta, 1.0 - args.confidence, args.first,
            args.limit, args.workers, lambda s, n: status.update(f"step {s + 1}: {n} raids"),
        ):  # fmt: skip
            chosen.append(_found(c))
            console.print(_words(chosen[-1]), highlight=False, soft_wrap=True)
    if args.json:
        print(json.dumps({"site": loaded.site.name, "raid": order.raid.name, "by": args.by, "chosen": chosen}))  # fmt: skip
    return 0


def _sensitivity(args: argparse.Namespace) -> int:
    from bartizan.campaign.plan import sensitivity

    if args.draws < 2 or args.raids < 1:
        raise InputError(f"--draws {args.draws} --raids {args.raids}: expected 2 and 1 or more")
    order, loaded = _order(args)
    console = say.console(args)
    say.warm(console, loaded.site)
    found = sensitivity.analyse(order, args.method, args.draws, args.raids, args.by, args.workers)
    key = "mu_star" if args.method == "morris" else "st"
    for i in sorted(found, key=lambda i: -float(getattr(i, key))):
        width = getattr(i, f"{key}_width")
        console.print(f"{i.factor}: {key} {getattr(i, key):.3g} +- {width:.2g}", highlight=False)
    if args.json:
        rows = [{k: v for k, v in i._asdict().items() if v == v} for i in found]
        print(json.dumps({"method": args.method, "by": args.by, "factors": rows}))
    return 0


def _found(c: Any) -> dict[str, Any]:
    s = c.selected
    return {
        "name": c.name, "probability_of_correct_selection": None if s.exhausted else s.probability,
        "indifference": s.delta, "gain": c.gain, "gain_standard_error": c.gain_error,
        "cost": c.cost, "cost_per_minute_of_warning": c.cost_per_minute(),
        "layouts": [
            {"add": n, "mean": float(s.mean[i]), "standard_error": float(s.error[i]),
             "raids": s.taken[i], "screened_out_after": s.out_after[i] or None}
            for i, n in enumerate(c.names)
        ],
    }  # fmt: skip


def _words(f: dict[str, Any]) -> str:
    p = f["probability_of_correct_selection"]
    sure = "undecided at the limit" if p is None else f"right with probability {p:.0%} or more"
    out = f"EXERCISE  add {f['name']} ({sure}, within {f['indifference']:g})"
    rows = [
        f"  {x['add']}: {x['mean']:.2f} +- {x['standard_error']:.2f} over {x['raids']} raids"
        for x in f["layouts"]
    ]
    rows.append(f"  gain over none {f['gain']:.2f} +- {f['gain_standard_error']:.2f}")
    if f["cost_per_minute_of_warning"] is not None:
        rows.append(f"  each minute of warning costs {f['cost_per_minute_of_warning']:,.0f}")
    return "\n".join([out, *rows])
