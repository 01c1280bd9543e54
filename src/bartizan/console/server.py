"""The console's HTTP and WebSocket server over a running service.

In: requests of signed-in people and machines.  Out: the page, pictures, answers.
Does not: decide anything about the domain, or offer anything that commands an effector.

Every change is a POST with the session's CSRF token (or a machine's bearer token), from a
page of this server (Origin) at a name of this server (Host).
"""

# No `from __future__ import annotations`: FastAPI reads them, and some name local functions.
import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI, Query, Request, Response, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles

from bartizan import __version__, warn
from bartizan.console import incidents, site
from bartizan.console.bodies import (
    INT64,
    SAID,
    ActBody,
    DrillBody,
    PersonBody,
    Refusal,
    SetUp,
    SignIn,
)
from bartizan.console.guard import Rate, guard, name_of, same_origin
from bartizan.console.incidents import Record
from bartizan.console.rights import NEEDS, TWO_PEOPLE, DeniedError, Rights, Session, allow
from bartizan.console.stream import WEBSOCKET, LiveEvent, LivePicture
from bartizan.incidents.record.places import Place
from bartizan.outlets.metrics import CONTENT_TYPE
from bartizan.service import Service
from bartizan.service.board import DRILL_LABELS, kind_of, whose
from bartizan.service.past import Past
from bartizan.service.watch import DRILL, LIVE, Exercise
from bartizan.types import Act, Identity, Mode, ObjectClass
from bartizan.underlay import Own
from bartizan.units import NS_PER_S

PAGE = Path(str(resources.files("bartizan"))) / "console" / "static"
COOKIE = "bartizan_session"
LEAST_S = 0.05  # between two pictures to one screen
MOST_S = 1.0  # a picture goes out so often at least: the age of the data has to be seen
ANSWER_S = 5.0
LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
Time = Annotated[int, Query(ge=0, le=INT64)]


class Hub:
    """Wakes every screen when the board has changed; each then takes the latest only."""

    def __init__(self) -> None:
        """No loop runs yet."""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: set[asyncio.Event] = set()
        self.screens = 0

    def start(self) -> None:
        """Called inside the server's loop."""
        self._loop = asyncio.get_running_loop()

    def changed(self) -> None:
        """From any thread."""
        if self._loop is not None and not self._loop.is_closed():
            with contextlib.suppress(RuntimeError):  # the loop is closing
                self._loop.call_soon_threadsafe(self._wake)

    def _wake(self) -> None:
        for event in self._waiting:
            event.set()

    @contextlib.contextmanager
    def watch(self) -> Any:
        """An event that is set at every change."""
        event = asyncio.Event()
        self._waiting.add(event)
        self.screens += 1
        try:
            yield event
        finally:
            self._waiting.discard(event)
            self.screens -= 1


def app(
    service: Service, rights: Rights, *, hosts: tuple[str, ...] = LOOPBACK, secure: bool = False,
    exercise: Callable[[str], Exercise] | None = None, raids: tuple[str, ...] = (),
    places: tuple[Place, ...] = (), ended: Callable[[], None] = lambda: None,
    own: Own | None = None, rate: Rate = Rate(),
) -> FastAPI:  # fmt: skip
    """The application.  hosts: names it answers to   secure: cookies for TLS only
    exercise: makes a drill of a raid's name; None: no drills   raids: those that
    can be named   places: sites that the incident record knows by name   ended: the loop has broken,
    `service.broken` says how   own: the site's base map   rate: of requests
    """
    hub = Hub()

    def run() -> None:
        try:
            service.run(hub.changed)
        except Exception as e:  # a watch that cannot go on must not look alive
            service.broken = f"{type(e).__name__}: {e}"
            ended()

    loop = threading.Thread(target=run, name="watch")

    @contextlib.asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        hub.start()
        loop.start()
        yield
        service.stop()
        await asyncio.to_thread(loop.join, 10.0)

    api = FastAPI(
        title="bartizan", version=__version__, lifespan=life, docs_url=None, redoc_url=None,
        responses={status: {"model": Refusal, "description": text} for status, text in SAID.items()},
    )  # fmt: skip
    guard(api, hosts, rate)
    who = _sessions(api, rights, secure)
    _looking(api, service, who, hub)
    site.add(api, service, rights, who, raids, own)
    _counting(api, service)
    _acting(api, service, rights, who, exercise)
    incidents.add(api, Record(service.folder, places, service.clock), who)
    _socket(api, service, rights, hub, hosts)
    if (PAGE / "index.html").is_file():

        @api.get("/", include_in_schema=False)
        def page() -> FileResponse:
            return FileResponse(PAGE / "index.html")

        api.mount("/static", StaticFiles(directory=PAGE), name="static")
    return api


Who = Callable[..., Session]


def _sessions(api: FastAPI, rights: Rights, secure: bool) -> Who:
    """Sign-in and out; -> the dependency that says who asks."""

    def who(request: Request) -> Session:
        found = _signed_in(rights, request.headers, request.cookies)
        if found is None:
            raise DeniedError(401, "sign in first")
        if request.method not in ("GET", "HEAD") and not found.machine:
            if request.headers.get("x-csrf", "") != found.csrf:
                raise DeniedError(403, "X-CSRF: expected the token of GET /api/me")
        return found

    def give(response: Response, s: Session) -> dict[str, Any]:
        response.set_cookie(
            COOKIE, s.key, httponly=True, samesite="strict", secure=secure, path="/"
        )
        return {"user": s.user, "role": s.role, "csrf": s.csrf, "first_start": False}

    @api.get("/api/me")
    def me(request: Request, response: Response) -> dict[str, Any]:
        found = _signed_in(rights, request.headers, request.cookies)
        if found is None and (found := rights.welcome()) is not None:
            return give(response, found)
        if found is None:
            response.status_code = 401
            return {"first_start": bool(rights.setup_token)}
        return {"user": found.user, "role": found.role, "csrf": found.csrf, "first_start": False}

    @api.post("/api/login")
    def sign_in(body: SignIn, request: Request, response: Response) -> dict[str, Any]:
        address = request.client.host if request.client else ""
        return give(response, rights.sign_in(body.user, body.password, address))

    @api.post("/api/setup")
    def set_up(body: SetUp, response: Response) -> dict[str, Any]:
        return give(response, rights.set_up(body.token, body.user, body.password))

    @api.post("/api/logout")
    def sign_out(s: Annotated[Session, Depends(who)], response: Response) -> dict[str, Any]:
        rights.sign_out(s.key)
        response.delete_cookie(COOKIE)
        return {"ok": True}

    return who


def _signed_in(rights: Rights, headers: Any, cookies: Any) -> Session | None:
    bearer = headers.get("authorization", "")
    if bearer.startswith("Bearer "):
        return rights.machine(bearer.removeprefix("Bearer "))
    return rights.session(cookies.get(COOKIE, ""))


def _looking(api: FastAPI, service: Service, who: Who, hub: Hub) -> None:
    """What everybody signed in may read."""
    past = Past(service.line.path)
    see = [Depends(who)]

    @api.get("/api/picture", dependencies=see, responses={200: {"model": LivePicture}})
    def picture() -> Response:
        return _json(service, service.board.picture(service.clock()))

    @api.get("/api/clear", dependencies=see)
    def clear() -> dict[str, Any]:
        last, s = service.line.last, service.setup
        if last is None:
            return {"can_say": False, "statement": "nothing has been seen yet", "volumes": [],
                    "blind": [], "why_not": ["no scan has come"]}  # fmt: skip
        state = service.line.flow.state.warn
        c = warn.clear(state, last.picture, last.threats, s.site, s.warn)
        return {k: list(v) if isinstance(v, tuple) else v for k, v in c._asdict().items()}

    @api.get("/api/timeline", dependencies=see)
    def timeline(from_ns: Time = 0, to_ns: Time = INT64) -> Response:
        out = past.timeline(from_ns, to_ns)
        return _json(service, out | {"counts": service.board.counts(from_ns, to_ns)})

    @api.get("/api/at", dependencies=see)
    def at(t_ns: Time) -> Response:
        return _json(service, past.at(t_ns))

    @api.get("/api/feeds", dependencies=see)
    def feeds() -> dict[str, Any]:
        return {
            "feeds": [
                {"name": s.name, "running": s.running, "scans": s.scans, "refused": s.refused,
                 "broke": s.broke, "overflowed": s.overflowed, "error": s.error}
                for s in service.sources
            ],
            "health": [
                {"feed": x.feed, "sensor": x.sensor, "health": x.health.value, "why": x.why,
                 "since_ns": x.t_ns}
                for x in list(service.health.values())
            ],
            "outlets": service.outlets(), "screens": hub.screens,
        }  # fmt: skip


def _counting(api: FastAPI, service: Service) -> None:
    """Counters for Prometheus; no track in them, so that anybody on the network may read."""

    @api.get("/metrics", response_class=PlainTextResponse)
    def metrics() -> Response:
        return Response(service.metrics.text(), media_type=CONTENT_TYPE)


def _json(service: Service, message: dict[str, Any]) -> Response:
    return Response(service.board.encode(message), media_type="application/json")


def _acting(
    api: FastAPI, service: Service, rights: Rights, who: Who,
    exercise: Callable[[str], Exercise] | None,
) -> None:  # fmt: skip
    """What changes something: people's acts, drills, people."""

    async def do(s: Session, act: Act, stream: str = LIVE) -> dict[str, Any]:
        answer = service.act(act, stream)
        try:
            event = await asyncio.wait_for(asyncio.wrap_future(answer), ANSWER_S)
        except TimeoutError:
            raise DeniedError(503, "kept, but the flow has not taken it in yet") from None
        ok = " refused: " not in event.text
        if not ok:
            raise DeniedError(409, event.text)
        return {"ok": ok, "text": event.text, "why": list(event.why)}

    @api.post("/api/act", responses={202: {"description": "waits for a second person"}})
    async def act(body: ActBody, s: Annotated[Session, Depends(who)]) -> Any:
        if body.verb not in NEEDS:
            raise DeniedError(422, f"verb: expected one of {', '.join(sorted(NEEDS))}")
        allow(s, NEEDS[body.verb])
        if body.verb in TWO_PEOPLE:
            waits = rights.agree(s, (body.verb, body.subject, 0, body.why))
            if waits:
                return JSONResponse({"ok": False, "text": waits}, 202)
        now = service.clock()
        until = now + round(body.until_s * NS_PER_S) if body.until_s else 0
        shown = body.verb not in ("posture", "register", "heard") and body.subject >= DRILL_LABELS
        subject = body.subject - DRILL_LABELS if shown else body.subject
        made = _act(body, now, s.user, subject, until)
        return await do(s, made, DRILL if shown else LIVE)

    @api.post("/api/warned/acknowledge")
    async def warned(
        s: Annotated[Session, Depends(who)],
        name: Annotated[str, Body(embed=True, max_length=200)],
    ) -> Any:
        allow(s, NEEDS["heard"])
        names = [a.name for a in service.setup.site.people]
        if name not in names:
            raise DeniedError(404, "name: expected one of the site's people's areas")
        return await do(s, Act(service.clock(), s.user, "heard", names.index(name)))

    # In an exercise nobody is kept from trying one: nothing real is put aside for it.
    drills = "operator" if service.setup.warn.mode == Mode.EXERCISE else "supervisor"

    @api.post("/api/drill")
    def begin(body: DrillBody, s: Annotated[Session, Depends(who)]) -> dict[str, Any]:
        allow(s, drills)
        if exercise is None:
            raise DeniedError(409, "no drills here")
        service.begin_drill(exercise(body.raid))
        return {"ok": True, "text": f"EXERCISE EXERCISE EXERCISE: drill {body.raid} begins"}

    @api.delete("/api/drill")
    def end(s: Annotated[Session, Depends(who)]) -> dict[str, Any]:
        allow(s, drills)
        return {"ok": True, "score": service.end_drill(f"{s.user} ended it")}

    @api.get("/api/people")
    def people(s: Annotated[Session, Depends(who)]) -> dict[str, Any]:
        allow(s, "supervisor")
        return {"people": rights.people()}

    @api.post("/api/people")
    def add(body: PersonBody, s: Annotated[Session, Depends(who)]) -> dict[str, Any]:
        allow(s, "supervisor")
        token = ""
        if body.machine:
            token = rights.add_machine(body.user, body.role)
        else:
            rights.add(body.user, body.password, body.role)
        _note(service, s.user, f"adds {body.user} as {body.role}")
        return {"ok": True, "token": token}

    @api.delete("/api/people/{user}", responses={202: {"description": "waits for a second"}})
    def remove(user: str, s: Annotated[Session, Depends(who)]) -> Any:
        allow(s, "supervisor")
        waits = rights.agree(s, (f"remove {user}", 0, 0, ""))
        if waits:
            return JSONResponse({"ok": False, "text": waits}, 202)
        rights.remove(user)
        _note(service, s.user, f"removes {user}")
        return {"ok": True}


def _act(body: ActBody, now_ns: int, user: str, subject: int, until_ns: int) -> Act:
    """The act; a value may be a name (a class, an identity) or a note's words."""
    name, why = body.value, body.why
    if isinstance(name, int):
        value = name
    elif body.verb == "classify":
        value = _named(name, [kind_of(c) for c in range(len(ObjectClass))])
    elif body.verb == "identify":
        value = _named(name, [whose(k) for k in range(len(Identity))])
    else:
        value, why = 0, why or (name if body.verb == "note" else "")
    return Act(now_ns, user, body.verb, subject, value, why, until_ns)


def _named(value: str, names: list[str]) -> int:
    if value not in names:
        raise DeniedError(422, f"value: expected one of {', '.join(names)}")
    return names.index(value)


def _note(service: Service, user: str, text: str) -> None:
    """A change of rights, in the audit trail that the journal is."""
    service.act(Act(service.clock(), user, "note", 0, 0, text))


def _socket(
    api: FastAPI, service: Service, rights: Rights, hub: Hub, hosts: tuple[str, ...]
) -> None:
    """WS /api/live: the latest picture at each change, at most every LEAST_S, and the log."""

    @api.get(
        "/api/live", status_code=426, description=WEBSOCKET, response_model=Refusal,
        responses={200: {"model": LivePicture | LiveEvent, "description": "each message, after a 101"}},
    )  # fmt: skip
    def no_socket() -> JSONResponse:
        return JSONResponse({"error": "expected a WebSocket"}, 426, {"Upgrade": "websocket"})

    @api.websocket("/api/live")
    async def live(socket: WebSocket) -> None:
        headers = socket.headers
        known = _signed_in(rights, headers, socket.cookies) is not None
        if not known or not same_origin(headers) or name_of(headers.get("host", "")) not in hosts:
            await socket.close(4401)
            return
        await socket.accept()
        reader = asyncio.create_task(_until_gone(socket))
        after = 0
        with hub.watch() as changed, contextlib.suppress(WebSocketDisconnect):
            while not reader.done():
                changed.clear()
                message = service.board.picture(service.clock())
                await socket.send_text(service.board.encode(message).decode())
                for said in service.board.events(after):
                    after = said.number
                    line = service.board.encode(service.board.event(said)).decode()
                    await socket.send_text(line)
                await asyncio.sleep(LEAST_S)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), MOST_S)
                if _signed_in(rights, headers, socket.cookies) is None:
                    await socket.close(4401)
                    break
        reader.cancel()


async def _until_gone(socket: WebSocket) -> None:
    """Ends when the screen goes; what it sends is not listened to."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
