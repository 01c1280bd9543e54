"""The door of the console's server: names, origins, rates, headers, refusals in words.

In: an application, the names it answers to.  Out: the same, guarded.  Does not: know sessions.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bartizan.console.rights import TRIES_S, DeniedError
from bartizan.errors import BartizanError
from bartizan.units import NS_PER_S

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


class Rate(NamedTuple):
    """Requests that one address may make: so many a second, and `burst` at once.

    All assumed: the page makes a few a second and some tens of map tiles at once.
    """

    per_s: float = 50.0
    burst: float = 500.0
    addresses: int = 1024


class Meter:
    """A token bucket an address (Turner 1986); of too many addresses the longest silent goes."""

    def __init__(self, rate: Rate, clock: Callable[[], int] = time.monotonic_ns) -> None:
        """The clock [ns] is real time, whatever the speed of an exercise."""
        self._rate, self._clock = rate, clock
        self._left: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def wait_s(self, address: str) -> int:
        """0, and one request is counted; or the whole seconds until one may come again."""
        now = self._clock()
        left, then = self._left.pop(address, (self._rate.burst, now))
        left = min(left + (now - then) / NS_PER_S * self._rate.per_s, self._rate.burst)
        self._left[address] = (left - 1.0 if left >= 1.0 else left, now)
        if len(self._left) > self._rate.addresses:
            self._left.popitem(last=False)
        return 0 if left >= 1.0 else math.ceil((1.0 - left) / self._rate.per_s)


def guard(api: FastAPI, hosts: tuple[str, ...], rate: Rate) -> None:
    """Host, Origin and rate; headers that keep the page to itself; refusals as JSON."""
    meter = Meter(rate)

    @api.middleware("http")
    async def at_the_door(
        request: Request, go_on: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        if name_of(request.headers.get("host", "")) not in hosts:
            return JSONResponse({"error": "this server has another name"}, 421)
        if request.method not in ("GET", "HEAD") and not same_origin(request.headers):
            return JSONResponse({"error": "a change has to come from this server's page"}, 403)
        address = request.client.host if request.client else ""
        if wait_s := meter.wait_s(address):
            said = {"error": f"too many requests from {address}; again in {wait_s} s"}
            return JSONResponse(said, 429, {"Retry-After": str(wait_s)})
        response = await go_on(request)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        if request.url.path.startswith("/api"):
            response.headers["Cache-Control"] = "no-store"
        return response

    @api.exception_handler(DeniedError)
    async def denied(_: Request, e: DeniedError) -> JSONResponse:
        again = {"Retry-After": f"{TRIES_S:.0f}"} if e.status == 429 else None
        return JSONResponse({"error": str(e)}, e.status, again)

    @api.exception_handler(RequestValidationError)
    async def unlike(_: Request, e: RequestValidationError) -> JSONResponse:
        said = [f"{'.'.join(map(str, x['loc'][1:])) or 'body'}: {x['msg']}" for x in e.errors()]
        return JSONResponse({"error": "; ".join(said)}, 422)

    @api.exception_handler(HTTPException)
    async def plain(_: Request, e: HTTPException) -> JSONResponse:
        return JSONResponse({"error": str(e.detail)}, e.status_code)

    @api.exception_handler(BartizanError)
    async def wrong(_: Request, e: BartizanError) -> JSONResponse:
        return JSONResponse({"error": str(e)}, 409)


def name_of(host: str) -> str:
    """The Host header without its port."""
    if host.startswith("["):
        return host.split("]")[0] + "]"
    return host.split(":")[0]


def same_origin(headers: Any) -> bool:
    """No Origin (a machine), or this server's own."""
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")
