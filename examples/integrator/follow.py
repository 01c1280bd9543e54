"""Follows a running watch: the picture over HTTP, then every change over the WebSocket.

    python follow.py --url http://127.0.0.1:8022 --token TOKEN [--messages N]
    python follow.py --folder runs/watch [--messages N]     # on the watch's own machine

With --folder it asks the watch for a viewer's token of its own first.  Needs `websockets`.
What it prints: one line a picture, one a line of the log.
"""

from __future__ import annotations

import argparse
import json
import urllib.request
from pathlib import Path
from typing import Any

from websockets.sync.client import connect


def ask(url: str, token: str, body: dict[str, Any] | None = None) -> Any:
    """An answer of the API as JSON."""
    data = json.dumps(body).encode() if body is not None else None
    head = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(url, data, head), timeout=10) as answer:
        return json.load(answer)


def own_token(folder: Path, name: str) -> tuple[str, str]:
    """The watch's address and a viewer's token, by the key that it leaves for this machine."""
    key = json.loads((folder / "service.json").read_text(encoding="utf-8"))
    made = ask(
        f"{key['url']}/api/people", key["token"], {"user": name, "role": "viewer", "machine": True}
    )
    return key["url"], made["token"]


def line(message: dict[str, Any]) -> str:
    """A message in words."""
    if message["kind"] == "event":
        return f"  {message['what']}: {message['text']}"
    posture = message["posture"]["level"] if message["posture"] else "nothing seen yet"
    tracks = ", ".join(
        f"{t['label']} {t['cls']} at {t['lat_deg']:.5f} {t['lon_deg']:.5f}"
        for t in message["tracks"]
    )
    return f"{message['mode']} {posture}, {len(message['alarms'])} alarms; {tracks or 'no tracks'}"


def main() -> None:
    """Until the watch ends, or so many messages have come."""
    cli = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    cli.add_argument("--url", default="http://127.0.0.1:8022")
    cli.add_argument("--token")
    cli.add_argument("--folder", type=Path)
    cli.add_argument("--name", default="integrator")
    cli.add_argument("--messages", type=int, default=0)
    args = cli.parse_args()
    url, token = (args.url, args.token) if args.token else own_token(args.folder, args.name)
    described = ask(f"{url}/openapi.json", token)
    print(f"{described['info']['title']} {described['info']['version']}")
    print(line(ask(f"{url}/api/picture", token)))
    live = f"ws{url.removeprefix('http')}/api/live"
    with connect(live, additional_headers={"Authorization": f"Bearer {token}"}) as stream:
        for k, message in enumerate(stream, 1):
            print(line(json.loads(message)), flush=True)
            if k == args.messages:
                break


if __name__ == "__main__":
    main()
