"""The door of the console's server: names, origins, headers, refusals in words.

In: an application, the names it answers to.  Out: the same, guarded.  Does not: know sessions.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from bartizan.console.rights import DeniedError
from bartizan.errors import BartizanError

POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)


def guard(api: FastAPI, hosts: tuple[str, ...]) -> None:
    """Host and Origin; headers that keep the page to itself; refusals as JSON."""

    @api.middleware("http")
    async def at_the_door(
        request: Request, go_on: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        if name_of(request.headers.get("host", "")) not in hosts:
            return JSONResponse({"error": "this server has another name"}, 421)
        if request.method not in ("GET", "HEAD") and not same_origin(request.headers):
            return JSONResponse({"error": "a change has to come from this server's page"}, 403)
        response = await go_on(request)
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "no-referrer"
        if request.url.path.startswith("/api"):
            response.headers["Cache-Control"] = "no-store"
        return response

    @api.exception_handler(DeniedError)
    async def denied(_: Request, e: DeniedError) -> JSONResponse:
        return JSONResponse({"error": str(e)}, e.status)

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
