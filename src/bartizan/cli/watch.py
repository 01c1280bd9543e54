"""`bartizan watch`, `drill`, `clear`, `posture`: the live service and questions to it.

In: arguments.  Out: what the called part says.  Does not: decide anything about the domain.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import socket
import ssl
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from bartizan.cli import say
from bartizan.cli.incidents.verb import places
from bartizan.errors import BartizanError

SITE, RAID = "ain-al-asad", "ain-al-asad-2022-01-04"
PORT = 8022
FOREVER = 1_000_000  # rounds of an exercise
KEY = "service.json"  # where a running watch is, for commands on the same machine


def add(verbs: say.Verbs) -> None:
    """Adds the commands to the parser."""
    watch = verbs.add_parser(
        "watch", help="the live service and its console; without a site an exercise"
    )
    watch.add_argument("site", nargs="?", help="built-in name or YAML file with feeds")
    watch.add_argument("--raid", help="an exercise: this raid again and again instead of feeds")
    watch.add_argument(
        "--exercise",
        action="store_true",
        help="the feeds carry simulated traffic: everything is marked as exercise",
    )
    watch.add_argument(
        "--hold",
        type=float,
        default=0.05,
        metavar="S",
        help="scans wait so long for older ones (default: %(default)s s)",
    )
    watch.add_argument(
        "--hills", action="store_true", help="an exercise on invented ground, which shades sensors"
    )
    watch.add_argument("--seed", type=int, default=7, help="of the exercise (default: %(default)s)")
    watch.add_argument("--host", default="127.0.0.1", help="default: %(default)s; others need TLS")
    watch.add_argument("--port", type=int, default=PORT, help="default: %(default)s")
    watch.add_argument("--tls-cert", type=Path, help="certificate (PEM); with --tls-key")
    watch.add_argument("--tls-key", type=Path, help="its key (PEM)")
    watch.add_argument("--tls-self", action="store_true", help="make a certificate on the spot")
    watch.set_defaults(call=_watch)

    drill = verbs.add_parser("drill", help="play a raid into the running watch, and score it")
    drill.add_argument("raid", help="built-in name of a raid, or a YAML file")
    drill.set_defaults(call=_drill)
    clear = verbs.add_parser("clear", help="can it be said that the airspace is clear?")
    clear.set_defaults(call=_clear)
    posture = verbs.add_parser("posture", help="the posture in force, and why")
    posture.set_defaults(call=_posture)
    for verb in (watch, drill, clear, posture):
        verb.add_argument("--folder", type=Path, default=Path("runs") / "watch",
                          help="where the watch keeps its journal (default: %(default)s)")  # fmt: skip
    for verb in (drill, clear, posture):
        say.json_option(verb)


def _now_ns() -> int:
    return time.time_ns()  # noqa: TID251  # the live service's clock, handed down from here


def _watch(args: argparse.Namespace) -> int:
    import uvicorn

    from bartizan import config
    from bartizan.campaign import night
    from bartizan.campaign.exercise import Exercise
    from bartizan.config.history import attacks_before
    from bartizan.console import rights, server
    from bartizan.outlets import opened
    from bartizan.service import Service
    from bartizan.service.board import HOUR_NS
    from bartizan.service.opening import Opener, heard_before
    from bartizan.types import Mode

    exercise = args.exercise or args.site is None or args.raid is not None
    tls = _tls(args)
    if args.hills and args.site is not None and not args.raid:
        raise BartizanError("--hills: expected an exercise: no SITE, or --raid; ground is invented")
    loaded = config.load_site(args.site or SITE, hills=args.hills)
    attacks = attacks_before(loaded.site.name, _now_ns())
    s = night.setup(loaded.site, attacks)
    s = s._replace(warn=s.warn._replace(
        mode=Mode.EXERCISE if exercise else Mode.LIVE, ack_s=30.0))  # fmt: skip

    def drilled(name: str, rounds: int = 1) -> Exercise:
        raid, at = config.load_raid(name, loaded)
        return Exercise(at.site, raid, at.effectors, args.seed, _now_ns, rounds=rounds)

    played = drilled(args.raid or RAID, FOREVER) if args.site is None or args.raid else None
    feeds = () if played else _feeds(args, loaded)
    if args.hold < 0.0:
        raise BartizanError(f"--hold {args.hold:g}: expected 0 or more seconds")
    console = say.console(args)
    folder = args.folder / f"{loaded.site.name}-{s.warn.mode}{'-hills' if args.hills else ''}"
    folder.mkdir(parents=True, exist_ok=True)
    say.warm(console, loaded.site)
    socket_ = _listen(args.host, args.port)
    service = Service(s, folder, _now_ns, hold_s=args.hold)
    told = opened(config.load_outlets(args.site or SITE), loaded.site, s.warn.mode, _now_ns)
    record = Opener(folder, _now_ns, told=service.board.opened)
    record.hear(heard_before(folder, _now_ns() - HOUR_NS))
    service.listeners += [*told, record]
    guest = "operator" if exercise and args.host in server.LOOPBACK else ""
    known = rights.Rights(folder / "people.json", _now_ns, guest=guest)
    hosts = (*server.LOOPBACK, args.host)

    def ended() -> None:
        http.should_exit = True

    app = server.app(
        service,
        known,
        hosts=hosts,
        secure=bool(tls),
        exercise=drilled,
        raids=_raids(args.raid or RAID, config.list_raids()),
        places=places(),
        ended=ended,
        own=_own(loaded),
    )
    http = uvicorn.Server(uvicorn.Config(
        app, log_level="warning", ws_per_message_deflate=False, timeout_graceful_shutdown=3, **tls,
    ))  # fmt: skip
    url = f"{'https' if tls else 'http'}://{args.host}:{args.port}"
    try:
        _leave_key(folder, args.folder, url, known)
        if played:
            service.play(f"exercise {played.name}", played)
        for entry, params in feeds:
            service.listen(entry, params)
        mark = "EXERCISE EXERCISE EXERCISE  " if exercise else ""
        console.print(f"{mark}{loaded.site.title}", highlight=False)
        console.print(f"Console: {url}", highlight=False, soft_wrap=True)
        if known.setup_token:
            console.print(f"First start; set-up token: {known.setup_token}", highlight=False)
        # Told to end (systemd does so) it comes back here too, so that the outlets take leave.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        http.run(sockets=[socket_])
    finally:
        record.close()
        for outlet in told:
            outlet.close()
        (args.folder / KEY).unlink(missing_ok=True)
        socket_.close()
    if service.broken:
        raise BartizanError(f"the watch has broken off: {service.broken}")
    return 0


def _raids(first: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """The built-in raids; the one that a newcomer sees anyway comes first."""
    return tuple(sorted(known, key=lambda name: name != first))


def _own(loaded: Any) -> Any:
    """The site's own base map, None where its file names none."""
    from bartizan.underlay import open_own

    if loaded.base_map is None:
        return None
    own = open_own(loaded.base_map, loaded.frame)
    own.credit = loaded.credit or own.credit
    return own


def _feeds(args: argparse.Namespace, loaded: Any) -> list[tuple[Any, Any]]:
    """The site's feeds with their settings; simulated traffic only in an exercise."""
    from bartizan.config import feeds

    if not loaded.feeds:
        raise BartizanError(
            f"{args.site}: no feeds: expected a list `feeds:` in the site's file, or --raid RAID "
            "for an exercise"
        )
    for e in loaded.feeds:
        if dict(e.settings).get("simulated") and not args.exercise:
            raise BartizanError(
                f"{args.site}: feeds: {e.name}: simulated or recorded traffic in a live watch; expected "
                "--exercise"
            )
    return [(e, feeds.params(e)) for e in loaded.feeds]


def _listen(host: str, port: int) -> socket.socket:
    """The socket, before anything else is begun."""
    if not 0 <= port <= 65535:
        raise BartizanError(f"--port {port}: expected 0 to 65535")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    out = socket.socket(family, socket.SOCK_STREAM)
    out.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        out.bind((host, port))
    except OSError as e:
        out.close()
        raise BartizanError(f"--host {host} --port {port}: cannot listen there: {e}") from None
    return out


def _leave_key(folder: Path, above: Path, url: str, known: Any) -> None:
    """For commands of the same user on this machine: where the watch is, and a token for it."""
    name = "commands on this machine"
    if name in known.people():
        known.remove(name, force=True)
    token = known.add_machine(name, "supervisor")
    at = above / KEY
    with os.fdopen(os.open(at, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
        json.dump({"url": url, "token": token, "folder": str(folder)}, f)


def _tls(args: argparse.Namespace) -> dict[str, Any]:
    """What uvicorn needs for TLS; plain HTTP on loopback only."""
    from bartizan.console import certificate, server

    if args.tls_self:
        cert, key = certificate.make(args.folder, args.host)
        return {"ssl_certfile": str(cert), "ssl_keyfile": str(key)}
    if bool(args.tls_cert) != bool(args.tls_key):
        raise BartizanError("--tls-cert and --tls-key: expected both or none")
    if args.tls_cert:
        for path in (args.tls_cert, args.tls_key):
            if not path.is_file():
                raise BartizanError(f"{path}: expected a PEM file")
        try:
            ssl.create_default_context().load_cert_chain(args.tls_cert, args.tls_key)
        except (ssl.SSLError, OSError) as e:
            raise BartizanError(
                f"--tls-cert {args.tls_cert} --tls-key {args.tls_key}: expected a certificate "
                f"and its key (PEM): {e}"
            ) from None
        return {"ssl_certfile": str(args.tls_cert), "ssl_keyfile": str(args.tls_key)}
    if args.host not in server.LOOPBACK:
        raise BartizanError(
            f"--host {args.host}: plain HTTP is for this machine only; expected --tls-cert and "
            "--tls-key, or --tls-self"
        )
    return {}


class _Asked:
    """The running watch, over its own API."""

    def __init__(self, folder: Path) -> None:
        try:
            held = json.loads((folder / KEY).read_text(encoding="utf-8"))
            self._url, self._token = str(held["url"]), str(held["token"])
        except (OSError, ValueError, KeyError):
            raise BartizanError(
                f"{folder}: no watch is running there; start one with `bartizan watch`"
            ) from None

    def ask(self, path: str, body: dict[str, Any] | None = None, method: str = "") -> Any:
        """The answer as JSON.  Raises BartizanError with the server's words."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self._url + path, data, method=method or ("POST" if data else "GET"),
            headers={"Authorization": f"Bearer {self._token}", "Content-Type": "application/json"},
        )  # fmt: skip
        # The watch runs on this machine, its certificate may be its own.
        open_ = ssl._create_unverified_context() if self._url.startswith("https") else None
        try:
            with urllib.request.urlopen(request, timeout=10, context=open_) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as e:
            text = e.read().decode(errors="replace")
            with contextlib.suppress(ValueError, KeyError):
                text = json.loads(text)["error"]
            raise BartizanError(f"the watch answers: {text}") from None
        except (OSError, ValueError) as e:
            raise BartizanError(f"{self._url}: the watch does not answer: {e}") from None


def _drill(args: argparse.Namespace) -> int:
    watch = _Asked(args.folder)
    console = say.console(args)
    raid = str(Path(args.raid).resolve()) if Path(args.raid).is_file() else args.raid
    console.print(watch.ask("/api/drill", {"raid": raid})["text"], highlight=False)
    try:
        while watch.ask("/api/picture")["drill"] is not None:
            time.sleep(1.0)
        score = watch.ask("/api/picture")["budget"]["last_drill"]
    except KeyboardInterrupt:
        score = watch.ask("/api/drill", method="DELETE")["score"]
    console.print(
        f"EXERCISE EXERCISE EXERCISE  {score['alarms']} alarms, acknowledged after "
        f"{score['acknowledged_after_s'] or 'never'} s, missed {score['missed']}, about nothing "
        f"hostile {score['over_reaction']}", highlight=False,
    )  # fmt: skip
    if args.json:
        print(json.dumps(score))
    return 0


def _clear(args: argparse.Namespace) -> int:
    try:
        said = _Asked(args.folder).ask("/api/clear")
    except BartizanError as e:
        said = {"can_say": False, "statement": f"it cannot be said: {e}", "volumes": [],
                "blind": [], "why_not": [str(e)]}  # fmt: skip
    if args.json:
        print(json.dumps(said))
    else:
        print(
            "\n".join(
                [said["statement"], *said["volumes"], *(f"blind: {b}" for b in said["blind"])]
            )
        )
    return 0 if said["can_say"] else 1


def _posture(args: argparse.Namespace) -> int:
    seen = _Asked(args.folder).ask("/api/picture")
    posture = seen["posture"] or {"level": None, "reason": "nothing has been seen yet"}
    if args.json:
        print(json.dumps(posture | {"t_ns": seen["t_ns"], "mode": seen["mode"]}))
    else:
        print(f"{posture['level'] or 'no posture yet'}: {posture['reason']}")
    return 0
