"""A stand-in for the service: plays the made-up night by the real protocol, so that the page can
be built and tested alone.  `python tests/e2e/standin.py` serves it on http://127.0.0.1:8023.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import math
import socket
import threading
import time
from pathlib import Path
from typing import Any

import msgspec
import story
import uvicorn
from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import FileResponse, JSONResponse, Response

STATIC = story.ROOT / "src" / "bartizan" / "console" / "static"
CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"


class Night:
    """The story's clock and what people have done in it; tests move it by hand."""

    def __init__(self, start_s: float = 0.0) -> None:
        self.begun, self.start_s = time.monotonic(), start_s
        self.user: dict[str, Any] | None = {"user": "exercise", "role": "supervisor"}
        self.first_start = False
        self.extra = 0
        self.stalled_at: float | None = None
        self.acknowledged = ""
        self.interrogated: set[int] = set()
        self.said: dict[int, dict[str, str]] = {}
        self.posture: dict[str, Any] | None = None
        self.answered: dict[str, float] = {}
        self.drill: str | None = None
        self.mode = "EXERCISE"
        self.registered = False
        self.asked_by = ""
        self.acts: list[dict[str, Any]] = []
        self.log: list[tuple[float, str, str, list[str], list[int]]] = []

    def now(self) -> float:
        return self.start_s + time.monotonic() - self.begun

    def jump(self, t_s: float) -> None:
        self.begun, self.start_s = time.monotonic(), t_s

    def ns(self, t_s: float) -> int:
        return story.T0_NS + round(t_s * 1e9)

    def alarms(self, t_s: float, tracks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if not story.ALARM_S <= t_s < story.CLEAR_S:
            return []
        raid = [t for t in tracks if t["group"] == 1]
        left = min((t["t_wall_s"] for t in raid), default=None)
        nearest = min((t["d_wall_m"] for t in raid), default=0)
        return [{
            "number": 1, "raised_ns": self.ns(story.ALARM_S), "until_ns": self.ns(story.CLEAR_S),
            "labels": [1041, 1043], "what": f"{story.MARK}2 one-way attack drones",
            "where": f"{story.MARK}from the south-west (247°), {nearest / 1000:.1f} km from outer wall",
            "do": f"{story.MARK}Go to the nearest hard shelter at once. Stay in it until the all clear.",
            "t_wall_s": left, "acknowledged_by": self.acknowledged,
            "escalated": not self.acknowledged and t_s > story.ALARM_S + 30, "area": ["living quarters"],
        }]  # fmt: skip

    def picture(self, t_s: float) -> dict[str, Any]:
        shown_s = t_s if self.stalled_at is None else min(t_s, self.stalled_at)
        tracks = [
            story.track(f, shown_s, self.said) for f in story.FLIGHTS if f[7] <= shown_s <= f[8]
        ]
        tracks += [self.more(k, shown_s) for k in range(self.extra)]
        level = story.level(shown_s)
        lost = 110 <= shown_s < 400
        sensors = [{"row": s["row"], "health": "lost" if lost and s["row"] == 1 else "fresh",
                    "age_s": round(shown_s - 110, 1) if lost and s["row"] == 1 else 0.4,
                    "rate_hz": 1.0, "refused": 0, "offered": s["row"] == 0 and not self.registered}
                   for s in SITE["sensors"]]  # fmt: skip
        sensors[-1] |= {"health": "quiet", "age_s": None}  # a receiver that has heard nobody yet
        told = self.ns(story.ALARM_S + 1) if shown_s >= story.ALARM_S + 1 else None
        return {
            "kind": "picture", "t_ns": self.ns(shown_s), "sent_ns": time.time_ns(),
            "age_s": round(0.2 + t_s - shown_s, 2),
            "posture": self.posture or {
                "level": level, "since_ns": self.ns({"WHITE": -7200, "YELLOW": story.RAID_S + 20, "RED": story.ALARM_S}[level]),
                "expires_ns": 0 if level == "WHITE" else self.ns(86400), "by": "rule",
                "reason": {"WHITE": "nothing unexplained closes", "YELLOW": "something unexplained and attack-like closes",
                           "RED": "alarm 1 is in force"}[level],
                "forecast": "another attack within 24 h: 3 to 9 % (no skill assessed)",
                "sentence": story.MARK + {"WHITE": "Nothing closes on the site.",
                                          "YELLOW": "An unknown closes from the south-west.",
                                          "RED": "2 suspect inbound from the south-west, first at the wall in 02:00."}[level],
            },
            "tracks": tracks, "alarms": self.alarms(shown_s, tracks), "sensors": sensors,
            "warned": [{"name": n, "area": a, "told_ns": told,
                        "acknowledged_ns": self.ns(self.answered[n]) if n in self.answered else None,
                        "by": "exercise" if n in self.answered else ""} for n, a in story.WARNED],
            "budget": {"alarms_per_hour": 1.0 if shown_s >= story.ALARM_S else 0.0, "nuisance_per_hour": 0.0,
                       "detection_probability": 0.93},
            "drill": {"name": self.drill, "running": True} if self.drill else None,
        }  # fmt: skip

    def more(self, k: int, t_s: float) -> dict[str, Any]:
        """One of many more tracks, on a circle round the site, for the drawing's measure."""
        r = 2500 + 97 * (k % 90)
        speed = 12 + k % 30
        a = k * 2.399 + t_s * speed / r
        identity = story.IDENTITIES[k % 7]

        e, n = r * math.sin(a), r * math.cos(a)
        cls = story.CLASSES[k % 10]
        return {
            "label": 5000 + k, "e": e, "n": n, "u": 80.0, "agl_m": 40.0 + k % 300, "speed_mps": float(speed),
            "course_deg": math.degrees(a) + 90, "climb_mps": 0.0, "existence": 0.9, "cls": cls,
            "cls_p": [[cls, 0.8], ["bird", 0.1], ["unknown", 0.1]], "identity": identity, "callsign": "",
            "ellipse": [220.0, 90.0, float(k % 180)], "t_wall_s": None, "t_wall_sd_s": 1.0, "d_wall_m": 1.0,
            "score": (k % 97) / 1000, "closing": False, "group": 0, "coasting": k % 11 == 0, "age_s": 0.5,
            "seen_by": [0], "history": _trail(k, int(t_s // 3)), "why": [],
        }  # fmt: skip

    def tell(self, who: str, text: str, why: str, labels: list[int]) -> None:
        self.log.append((self.now(), who, story.MARK + text, [why] if why else [], labels))


SITE = story.site()


@functools.lru_cache(maxsize=1200)
def _trail(k: int, now_3s: int) -> list[list[float]]:
    """The last 45 s of one of the many, every 3 s."""
    r, speed = 2500 + 97 * (k % 90), 12 + k % 30
    angles = [k * 2.399 + 3 * (now_3s - i) * speed / r for i in range(15)]
    return [[round(r * math.sin(a), 1), round(r * math.cos(a), 1)] for a in angles]


def _act(night: Night, act: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """What the service answers to an act: refusals with a reason, else the words of the log."""
    who = (night.user or {}).get("user", "")
    verb, subject, why = act["verb"], act["subject"], act.get("why", "")
    labels = {t["label"] for t in night.picture(night.now())["tracks"]}
    night.acts.append(act)
    if verb in ("dismiss", "classify", "identify", "interrogate") and subject not in labels:
        return 409, {"error": f"no track {subject} is in the picture"}
    if verb == "acknowledge":
        if night.acknowledged or subject != 1:
            return 409, {"error": f"no alarm {subject} waits"}
        night.acknowledged = who
        text = f"alarm {subject} acknowledged by {who}"
    elif verb == "interrogate":
        night.interrogated.add(subject)
        text = f"track {subject} interrogated: no cooperative identity, no flight plan, no corridor explains it"
    elif verb == "dismiss":
        if subject not in night.interrogated:
            return 409, {"error": "a dismissal needs an interrogation first"}
        if not why or act.get("until_s", 0) <= 0:
            return 422, {"error": "a dismissal needs a reason and a time at which it ends"}
        text = f"{who} dismisses track {subject}"
    elif verb in ("classify", "identify"):
        night.said.setdefault(subject, {})["cls" if verb == "classify" else "identity"] = act[
            "value"
        ]
        text = f"{who} says that track {subject} is {act['value']}"
    elif verb == "register":
        if night.asked_by in ("", who):
            night.asked_by = who
            return 202, {
                "ok": False,
                "text": "register needs a second person: somebody else has to ask the same within 5 minutes",
            }
        night.registered = True
        text = f"{who} accepts the registration of search radar"
    elif verb == "posture":
        if story.level(night.now()) == "RED" and subject < 2:
            return 409, {"error": "an alarm is in force; it has to end before RED is lowered"}
        t = night.now()
        night.posture = {**night.picture(t)["posture"], "level": act["value"], "by": who, "reason": why,
                         "since_ns": night.ns(t), "expires_ns": night.ns(t + act["until_s"])}  # fmt: skip
        text = f"posture {act['value']} ordered by {who}"
    else:
        text = act.get("value", "")
    night.tell(who, text, why, [subject] if subject in labels else [])
    return 200, {"ok": True, "text": text}


def app(night: Night) -> FastAPI:
    made = FastAPI(docs_url=None, openapi_url=None)

    def refused() -> Response | None:
        return None if night.user else JSONResponse({"error": "sign in first"}, 401)

    @made.middleware("http")
    async def headers(request: Request, call: Any) -> Response:
        path = request.url.path
        if request.method in ("POST", "DELETE") and path not in ("/api/login", "/api/setup"):
            if request.headers.get("x-csrf") != "token":
                return JSONResponse({"error": "wrong CSRF token"}, 403)
            if night.user and night.user["role"] == "viewer" and path != "/api/logout":
                return JSONResponse({"error": "a viewer may only look"}, 403)
        answer: Response = await call(request)
        answer.headers["Content-Security-Policy"] = CSP
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @made.get("/")
    async def page() -> FileResponse:
        return FileResponse(STATIC / "index.html")

    @made.get("/static/{name}")
    async def static(name: str) -> Response:
        path = STATIC / Path(name).name
        return FileResponse(path) if path.is_file() else Response(status_code=404)

    @made.get("/api/me")
    async def me() -> Any:
        if night.first_start:
            return {"user": "", "role": "viewer", "csrf": "", "first_start": True}
        return refused() or {**(night.user or {}), "csrf": "token", "first_start": False}

    @made.post("/api/login")
    async def login(request: Request) -> Any:
        body = await request.json()
        if body["password"] != "correct horse":
            return JSONResponse({"error": "user or password is wrong"}, 401)
        night.user = {"user": body["user"], "role": "operator"}
        return {"ok": True, "text": f"{body['user']} is on duty."}

    @made.post("/api/setup")
    async def setup(request: Request) -> Any:
        body = await request.json()
        if body["token"] != "one-time":
            return JSONResponse({"error": "the token is not the one that was printed"}, 403)
        night.first_start, night.user = False, {"user": body["user"], "role": "supervisor"}
        return {"ok": True, "text": "The account stands."}

    @made.post("/api/logout")
    async def logout() -> Any:
        night.user = None
        return {"ok": True, "text": "Signed out."}

    @made.get("/api/site")
    async def the_site() -> Any:
        return refused() or {**SITE, "mode": night.mode}

    @made.get("/api/cover")
    async def cover(height_m: float) -> Any:
        return refused() or story.cover(height_m)

    @made.get("/api/terrain")
    async def terrain() -> Any:
        return refused() or story.terrain()

    @made.get("/api/basemap")
    async def basemap() -> Any:
        river = [-14000.0, 9000.0, -4000.0, 6500.0, 3000.0, 8200.0, 15000.0, 4000.0]
        return refused() or {"coarse": {"credit": "invented", "lines": {"river": [river]}},
                             "own": None, "pixels": 256}  # fmt: skip

    @made.get("/api/registration")
    async def registration() -> Any:
        parts = [{"what": w, "unit": u, "bias": b, "sd": s, "significant": big and not night.registered,
                  "accepted": b if big and night.registered else 0.0, "by_feed": w == "clock"}
                 for w, u, b, s, big in (("range", "m", 4.0, 3.1, False), ("azimuth", "deg", 1.2, 0.1, True),
                                         ("elevation", "deg", 0.0, 0.4, False), ("clock", "s", 0.01, 0.02, False))]  # fmt: skip
        one = {"row": 0, "name": "search radar", "offered": not night.registered, "jumped": False,
               "compared": 412, "before": 2.4, "after": 0.7, "parts": parts, "asked_by": night.asked_by}  # fmt: skip
        return refused() or {"sensors": [one]}

    @made.get("/api/timeline")
    async def timeline(from_ns: float, to_ns: float) -> Any:
        to_s = min((to_ns - story.T0_NS) / 1e9, night.now())
        events = [(t, k, story.MARK + w) for t, k, w, _ in story.EVENTS if t <= to_s]
        events += [(t, "act", w) for t, _, w, _, _ in night.log]
        steps = [t for t in range(-1800, 1200, 15) if t <= to_s]
        changes = [
            (-7200.0, "WHITE"),
            (story.RAID_S + 20, "YELLOW"),
            (story.ALARM_S, "RED"),
            (story.CLEAR_S, "YELLOW"),
        ]
        counts = []
        for t in steps:
            by: dict[str, int] = {}
            for f in story.FLIGHTS:
                if f[7] <= t <= f[8]:
                    by[f[3]] = by.get(f[3], 0) + 1
            counts.append([night.ns(t), by])
        return refused() or {
            "posture": [[night.ns(t), level] for t, level in changes if t <= to_s],
            "events": [{"t_ns": night.ns(t), "kind": k, "text": w} for t, k, w in events],
            "counts": counts,
        }

    @made.get("/api/at")
    async def at(t_ns: float) -> Any:
        return refused() or night.picture((t_ns - story.T0_NS) / 1e9)

    @made.get("/api/clear")
    async def clear() -> Any:
        can = night.now() < story.RAID_S
        return refused() or {
            "can_say": can,
            "statement": story.MARK + ("The airspace within 10 km is clear above 40 m." if can
                                       else "It cannot be said that the airspace is clear."),
            "volumes": ["0 to 10 km, all round, above 40 m: search radar; a one-way attack drone would have been seen with 0.95"],
            "blind": ["050° to 070° beyond 3.8 km: below 60 m behind the ridge"],
            "why_not": [] if can else ["track 1041 is unexplained and closes", "camera west has no data"],
        }  # fmt: skip

    @made.post("/api/act")
    async def act(request: Request) -> Any:
        status, answer = _act(night, await request.json())
        return refused() or JSONResponse(answer, status)

    @made.post("/api/warned/acknowledge")
    async def warned(request: Request) -> Any:
        name = (await request.json())["name"]
        night.answered[name] = night.now()
        night.tell((night.user or {})["user"], f"{name} has acknowledged", "", [])
        return {"ok": True, "text": f"{name} has acknowledged."}

    @made.post("/api/drill")
    async def drill(request: Request) -> Any:
        night.drill = (await request.json())["raid"]
        return {"ok": True, "text": f"Drill {night.drill} has begun."}

    @made.delete("/api/drill")
    async def no_drill() -> Any:
        night.drill = None
        return {"ok": True, "text": "The drill has ended."}

    @made.websocket("/api/live")
    async def live(socket: WebSocket) -> None:
        if not night.user:
            await socket.close(4401)
            return
        await socket.accept()
        told_s, told = night.now(), len(night.log)
        with contextlib.suppress(Exception):
            while True:
                now = night.now()
                for t, _, text, labels in story.EVENTS:
                    if told_s < t <= now:
                        await socket.send_json({"kind": "event", "t_ns": night.ns(t), "who": "",
                                                "text": story.MARK + text, "why": [], "labels": labels})  # fmt: skip
                for t, who, text, why, labels in night.log[told:]:
                    await socket.send_json({"kind": "event", "t_ns": night.ns(t), "who": who, "text": text,
                                            "why": why, "labels": labels})  # fmt: skip
                told_s, told = now, len(night.log)
                await socket.send_text(msgspec.json.encode(night.picture(now)).decode())
                await asyncio.sleep(max(0.0, 0.1 - (night.now() - now)))

    return made


class Served:
    """The stand-in in a thread of its own; `stop` and `start` play a network that drops."""

    def __init__(self, night: Night, port: int = 0) -> None:
        if not port:
            with socket.socket() as s:
                s.bind(("127.0.0.1", 0))
                port = s.getsockname()[1]
        self.night, self.port, self.url = night, port, f"http://127.0.0.1:{port}"
        self.start()

    def start(self) -> None:
        config = uvicorn.Config(app(self.night), host="127.0.0.1", port=self.port, log_level="error",
                                ws="websockets-sansio", lifespan="off", timeout_graceful_shutdown=1)  # fmt: skip
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        end = time.monotonic() + 20
        while not self.server.started:
            assert time.monotonic() < end, "the stand-in did not start"
            time.sleep(0.02)

    def stop(self) -> None:
        self.server.should_exit = True
        self.server.force_exit = True
        self.thread.join(15)


if __name__ == "__main__":
    served = Served(Night(), 8023)
    print(f"the made-up night: {served.url}")
    served.thread.join()
