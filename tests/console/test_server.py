"""The API: who may do what, endpoint by endpoint; what it refuses; what a screen gets."""

from __future__ import annotations

import itertools
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient

from bartizan.console import rights, server
from bartizan.console.guard import Meter, Rate
from bartizan.console.rights import DeniedError, Rights
from bartizan.incidents.store import Store
from bartizan.sensing import cover
from bartizan.service import Service, Source
from bartizan.terrain import Terrain
from bartizan.types import Mode
from service.night import scans, setup
from service.test_watch import Clock, Played, Running

PASSWORD = "a long enough password"
HOST = "http://127.0.0.1"
REPORT = "Two drones hit the base on Sunday, the army said. Nobody was hurt."
COUNT = itertools.count()
HILLS = Terrain(
    -9000.0, -9000.0, 100.0, np.add.outer(np.arange(181), np.zeros(181)).astype(np.float32)
)


class Site:
    """A served watch with one person of each role."""

    def __init__(self, folder: Path, hills: bool = True) -> None:
        self.clock = Clock()
        s = setup(Mode.LIVE)
        if hills:
            s = s._replace(site=s.site._replace(terrain=HILLS))
        self.service = Service(s, folder, self.clock, hold_s=0.0)
        self.rights = Rights(folder / "people.json", self.clock)
        self.first_token = self.rights.setup_token
        self.rights.set_up(self.first_token, "sup", PASSWORD)
        self.rights.add("op", PASSWORD, "operator")
        self.rights.add("view", PASSWORD, "viewer")
        self.rights.add("sup2", PASSWORD, "supervisor")
        running = Running.__new__(Running)
        running.clock, running.service = self.clock, self.service
        self.app = server.app(
            self.service, self.rights, exercise=lambda name: Played(running, scans()[:3])
        )
        self.feed = running.feed
        self._signed: dict[str, rights.Session] = {}

    def sign_in(self, client: TestClient, user: str) -> dict[str, str]:
        """By password the first time; then with the session that was given."""
        client.cookies.clear()
        if user not in self._signed or not self.rights.session(self._signed[user].key):
            self._signed[user] = self.rights.sign_in(user, PASSWORD, f"desk of {user}")
        client.cookies.set(server.COOKIE, self._signed[user].key, domain="127.0.0.1")
        return {"X-CSRF": self._signed[user].csrf}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, TestClient]]:
    site = Site(tmp_path_factory.mktemp("watch"))
    with TestClient(site.app, base_url=HOST) as client:
        site.service.add(Source("sim", site.feed(scans())))
        end = time.monotonic() + 600
        while site.service.board.steps < len(scans()):
            assert time.monotonic() < end
            time.sleep(0.02)
        yield site, client


LOOK = [
    "/api/site", "/api/picture", "/api/cover", "/api/clear", "/api/timeline", "/api/at?t_ns=1",
    "/api/feeds", "/api/terrain", "/api/incidents", "/api/basemap", "/api/registration",
]  # fmt: skip
# (method, path, body, the least role)
ACTS: list[tuple[str, str, dict[str, Any] | None, str]] = [
    *(
        ("POST", "/api/act", {"verb": verb, "subject": 1, "value": 1, "why": "w", "until_s": 60.0},
         role)
        for verb, role in rights.NEEDS.items()
    ),
    ("POST", "/api/warned/acknowledge", {"name": "living quarters"}, "operator"),
    ("POST", "/api/drill", {"raid": "x"}, "supervisor"),
    ("DELETE", "/api/drill", None, "supervisor"),
    ("GET", "/api/people", None, "supervisor"),
    ("POST", "/api/people", {"user": "x", "role": "nothing"}, "supervisor"),
    ("DELETE", "/api/people/nobody", None, "supervisor"),
    ("POST", "/api/intake", {"text": REPORT, "published": "2022-01-03"}, "operator"),
    ("POST", "/api/incidents", {"text": REPORT, "published": "2022-01-03", "keep": [0]}, "operator"),
    ("POST", "/api/incidents/open", {"alarm": 99}, "operator"),
    ("POST", "/api/incidents/link", {"a": "I1", "b": "I2", "kind": "x", "why": "w"}, "operator"),
    ("POST", "/api/incidents/correct", {"claim": "C9", "value": 3, "why": "w"}, "operator"),
    ("POST", "/api/incidents/reject", {"claim": "C9", "why": "w"}, "operator"),
    ("POST", "/api/incidents/confirm", {"claim": "C9", "why": "w"}, "supervisor"),
]  # fmt: skip


def test_every_endpoint_is_in_the_matrix(site: tuple[Site, TestClient]) -> None:
    told = {(m.upper(), p) for p, ms in site[0].app.openapi()["paths"].items() for m in ms}
    known = {("GET", p.split("?")[0]) for p in LOOK}
    known |= {(m, "/api/people/{user}" if "nobody" in p else p) for m, p, _, _ in ACTS}
    open_ = {("GET", "/api/me"), ("POST", "/api/login"), ("POST", "/api/setup"),
             ("POST", "/api/logout"), ("GET", "/metrics"), ("GET", "/api/live")}  # fmt: skip
    named = {("GET", "/api/incidents/{name}"), ("GET", "/api/incidents/{name}/report"),
             ("GET", "/api/export/{how}"),
             ("GET", "/api/basemap/{level}/{column}/{row}")}  # fmt: skip
    assert told == known | open_ | named


@pytest.mark.parametrize("path", LOOK)
def test_nobody_looks_without_signing_in_and_everybody_may_after(
    site: tuple[Site, TestClient], path: str
) -> None:
    s, client = site
    client.cookies.clear()
    assert client.get(path).status_code == 401
    for user in ("view", "op", "sup"):
        s.sign_in(client, user)
        assert client.get(path).status_code == 200


def test_the_ground_of_a_site_and_of_one_without(
    site: tuple[Site, TestClient], tmp_path: Path
) -> None:
    s, client = site
    s.sign_in(client, "view")
    told = client.get("/api/terrain").json()
    assert (told["cols"], told["rows"], told["cell_m"]) == (91, 91, 200.0)
    for n_m in (-9000.0, -800.0, 9000.0):  # the heights are 1 m a row of 100 m, from the south
        row = int((n_m - told["n0"]) // told["cell_m"])
        assert told["up_m"][row * told["cols"] + 40] == (n_m + 9000.0) / 100.0
    flat = Site(tmp_path, hills=False)
    client = TestClient(flat.app, base_url=HOST)
    flat.sign_in(client, "view")
    assert client.get("/api/terrain").status_code == 404


@pytest.mark.parametrize(("method", "path", "body", "role"), ACTS)
def test_the_rights_matrix(
    site: tuple[Site, TestClient], method: str, path: str, body: dict[str, Any] | None, role: str
) -> None:
    s, client = site
    client.cookies.clear()
    assert client.request(method, path, json=body).status_code == 401
    for user, has in (("view", "viewer"), ("op", "operator"), ("sup", "supervisor")):
        csrf = s.sign_in(client, user)
        if method != "GET":
            assert client.request(method, path, json=body).status_code == 403  # no CSRF token
        answer = client.request(method, path, json=body, headers=csrf)
        may = rights.ROLES.index(has) >= rights.ROLES.index(role)
        assert (answer.status_code not in (401, 403)) == may, answer.text


def test_what_cannot_be_undone_needs_two_people(site: tuple[Site, TestClient]) -> None:
    s, client = site
    s.rights.add("gone", PASSWORD, "viewer")
    first = s.sign_in(client, "sup")
    for _ in range(2):  # the same person twice is one person
        r = client.delete("/api/people/gone", headers=first)
        assert r.status_code == 202
        assert "second person" in r.json()["text"]
    second = s.sign_in(client, "sup2")
    assert client.delete("/api/people/gone", headers=second).status_code == 200
    assert "gone" not in s.rights.people()


def test_an_act_is_done_kept_and_told(site: tuple[Site, TestClient]) -> None:
    s, client = site
    csrf = s.sign_in(client, "op")
    (alarm,) = client.get("/api/picture").json()["alarms"]
    body = {"verb": "acknowledge", "subject": alarm["number"]}
    r = client.post("/api/act", json=body, headers=csrf)
    assert r.json()["ok"]
    assert "acknowledged by op" in r.json()["text"]
    assert client.get("/api/picture").json()["alarms"][0]["acknowledged_by"] == "op"
    label = alarm["labels"][0]
    for verb, value, text in (("note", "lights", "notes: lights"), ("classify", "bird", "bird"),
                              ("identify", "suspect", "suspect")):  # fmt: skip
        r = client.post("/api/act", headers=csrf,
                        json={"verb": verb, "subject": label, "value": value})  # fmt: skip
        assert text in r.json()["text"]
    body = {"verb": "acknowledge", "subject": 77}
    r = client.post("/api/act", json=body, headers=csrf)
    assert r.status_code == 409
    assert "no alarm 77" in r.json()["error"]
    for body in ({"verb": "launch", "subject": 1}, {"verb": "note"}, {"verb": "note", "subject": -1},
                 {"verb": "note", "subject": 1, "weapon": 1}):  # fmt: skip
        assert client.post("/api/act", json=body, headers=csrf).status_code == 422


def test_pages_of_other_origins_and_names_are_refused(site: tuple[Site, TestClient]) -> None:
    s, client = site
    csrf = s.sign_in(client, "op")
    other = csrf | {"Origin": "http://evil.example"}
    body = {"verb": "note", "subject": 0, "why": "x"}
    assert client.post("/api/act", json=body, headers=other).status_code == 403
    assert client.get("/api/site", headers={"Host": "evil.example"}).status_code == 421
    own = csrf | {"Origin": HOST}
    assert client.post("/api/act", json=body, headers=own).status_code == 200


def test_a_machine_has_a_token_with_a_role(site: tuple[Site, TestClient]) -> None:
    s, client = site
    csrf = s.sign_in(client, "sup")
    name = f"radar{next(COUNT)}"
    body = {"user": name, "role": "viewer", "machine": True}
    token = client.post("/api/people", json=body, headers=csrf).json()["token"]
    client.cookies.clear()
    bearer = {"Authorization": f"Bearer {token}"}
    assert client.get("/api/site", headers=bearer).status_code == 200
    body = {"verb": "note", "subject": 0, "why": "x"}
    assert client.post("/api/act", json=body, headers=bearer).status_code == 403
    wrong = {"Authorization": "Bearer nonsense"}
    assert client.get("/api/site", headers=wrong).status_code == 401


def test_a_screen_gets_the_picture_and_the_log(site: tuple[Site, TestClient]) -> None:
    s, client = site
    client.cookies.clear()
    with pytest.raises(Exception), client.websocket_connect("ws://127.0.0.1/api/live") as ws:  # noqa: B017
        ws.receive_json()
    s.sign_in(client, "view")
    with client.websocket_connect("ws://127.0.0.1/api/live") as ws:
        first = ws.receive_json()
        assert first["kind"] == "picture"
        assert first["tracks"]
        assert first["mode"] == "live"
        assert ws.receive_json()["kind"] == "event"


def test_the_site_and_the_cover(site: tuple[Site, TestClient]) -> None:
    s, client = site
    s.sign_in(client, "view")
    told = client.get("/api/site").json()
    assert told["origin"]["lat_deg"] == pytest.approx(33.79)
    assert [z["name"] for z in told["people"]] == ["living quarters", "flight line"]
    west = next(x for x in told["sensors"] if x["name"] == "camera west")
    assert west["azimuth_deg"] == [180, 0]
    told = client.get("/api/cover?height_m=100").json()
    assert len(told["pd"]) == told["cols"] * told["rows"]
    at = cover.grid(-told["e0"], told["cell_m"])
    looks = cover.cover(s.service.setup.site.sensors, at, at, 100.0).look[:, 3, 5]
    assert told["pd"][3 * told["cols"] + 5] == pytest.approx(1.0 - np.prod(1.0 - looks), abs=0.026)
    clear = client.get("/api/clear").json()
    assert not clear["can_say"]
    assert any("alarm 1" in w for w in clear["why_not"])


def test_the_first_start_and_the_door(tmp_path: Path) -> None:
    clock = Clock()
    r = Rights(tmp_path / "people.json", clock)
    with pytest.raises(DeniedError, match="token"):
        r.set_up("guess", "Ada", PASSWORD)
    with pytest.raises(DeniedError, match="12 characters"):
        r.set_up(r.setup_token, "Ada", "short")
    token = r.setup_token
    r.set_up(token, "Ada", PASSWORD)
    with pytest.raises(DeniedError, match="was used"):
        r.set_up(token, "Eve", PASSWORD)
    again = Rights(tmp_path / "people.json", clock)
    assert not again.setup_token
    assert oct((tmp_path / "people.json").stat().st_mode)[-3:] == "600"
    assert PASSWORD not in (tmp_path / "people.json").read_text()
    for _ in range(rights.TRIES):
        with pytest.raises(DeniedError, match="not right"):
            again.sign_in("Ada", "wrong", "10.0.0.1")
    with pytest.raises(DeniedError, match="too many"):
        again.sign_in("Ada", PASSWORD, "10.0.0.1")
    s = again.sign_in("Ada", PASSWORD, "10.0.0.2")
    assert again.session(s.key) == s
    clock.t_ns += rights.SESSION_S * 10**9
    assert again.session(s.key) is None
    with pytest.raises(DeniedError, match="last supervisor"):
        again.remove("Ada")


def test_nothing_in_the_description_commands_an_effector(site: tuple[Site, TestClient]) -> None:
    text = str(site[0].app.openapi()).lower()
    assert not re.search(r"launch|fire|engage|jam|effector|weapon", text)


def test_threads_end(site: tuple[Site, TestClient]) -> None:
    assert sum(t.name == "watch" for t in threading.enumerate()) == 1


def test_a_pasted_report_is_drafted_taken_in_and_shown(site: tuple[Site, TestClient]) -> None:
    s, client = site
    csrf = s.sign_in(client, "op")
    pasted = {"text": REPORT + " A drone fell near the base, the police said.",
              "published": "2022-01-03", "publisher": "Daily Lamp"}  # fmt: skip
    before = client.get("/api/incidents").json()["incidents"]
    drafted = client.post("/api/intake", json=pasted, headers=csrf).json()
    assert client.get("/api/incidents").json()["incidents"] == before, "a draft changes nothing"
    (two,) = [k for k, c in enumerate(drafted["claims"]) if c["value"] == 2]
    taken = client.post("/api/incidents", json=pasted | {"keep": [two]}, headers=csrf).json()
    assert len(taken["claims"]) == 1
    name = taken["incidents"]["A"]
    told = client.get(f"/api/incidents/{name}").json()
    (claim,) = told["claims"]
    assert claim["quote"] == "Two drones"
    assert claim["said_by"] == "army (as told by Daily Lamp (page text))"
    assert "there were 2 (single-source)" in told["statement"]
    assert "Draft statement" in client.get(f"/api/incidents/{name}/report").text
    assert (
        client.post("/api/incidents", json=pasted | {"keep": [two]}, headers=csrf).status_code
        == 409
    )
    for how in ("acled", "geojson", "timemap", "cap"):
        assert client.get(f"/api/export/{how}").status_code == 200
    late = client.post("/api/intake", json=pasted | {"published": "2999-01-01"}, headers=csrf)
    assert (late.status_code, "future" in late.json()["error"]) == (422, True)


def test_a_draft_is_put_right_before_anything_is_confirmed(
    site: tuple[Site, TestClient],
) -> None:
    """Field, value and incident; some turned down: in the draft, and after; all in the audit."""
    s, client = site
    csrf = s.sign_in(client, "op")
    pasted = {"text": "Three drones attacked the base, the army said. One man was hurt, it said.",
              "published": "2022-01-03", "publisher": "Daily Lamp"}  # fmt: skip
    claims = client.post("/api/intake", json=pasted, headers=csrf).json()["claims"]
    (three,) = [k for k, c in enumerate(claims) if c["value"] == 3]
    others = {str(k): "said of another" for k in range(len(claims)) if k != three}
    change = {"value": 2, "why": "the original says two"}

    def take(**more: Any) -> Any:
        body = pasted | {"keep": [three], "changes": {str(three): change}} | more
        return client.post("/api/incidents", json=body, headers=csrf)

    for wrong, word in (
        ({"changes": {"99": change}}, "not kept"), ({"rejected": {str(three): "no"}}, "is kept"),
        ({"changes": {str(three): change | {"incident": "Q"}}}, "incident: expected"),
        ({"changes": {str(three): change | {"value": -1}}}, "expected a count"),
        ({"changes": {str(three): change | {"field": "colour"}}}, "field: expected one of"),
    ):  # fmt: skip
        answer = take(**wrong)
        assert answer.status_code in (409, 422)
        assert word in answer.json()["error"]
    taken = take(rejected=others).json()
    (name,) = taken["claims"]
    (incident,) = taken["incidents"].values()
    told = client.get(f"/api/incidents/{incident}").json()
    (kept,) = told["claims"]
    assert (kept["raw"], len(kept["corrected"])) == (2, 1)
    assert "op: vehicle.count 3 on" in kept["corrected"][0]
    assert "the original says two" in kept["corrected"][0]
    assert kept["quote"] == "Three drones", "the words stay"
    assert len(told["rejected"]) == sum(claims[int(k)]["incident"] != "-" for k in others)

    def post(verb: str, body: dict[str, Any]) -> Any:
        return client.post(f"/api/incidents/{verb}", json=body, headers=csrf)

    assert post("correct", {"claim": name, "incident": "-", "why": "no"}).status_code == 200
    assert post("correct", {"claim": name, "incident": "I1", "why": "its own"}).status_code == 200
    assert name in [c["id"] for c in client.get("/api/incidents/I1").json()["claims"]]
    assert post("correct", {"claim": name, "incident": "I1", "why": "x"}).status_code == 409
    assert post("reject", {"claim": name, "why": "of another base"}).status_code == 200
    assert name not in [c["id"] for c in client.get("/api/incidents/I1").json()["claims"]]
    assert post("correct", {"claim": name, "value": 1, "why": "x"}).status_code == 409
    with Store(s.service.folder / "incidents.db") as store:
        audit = [e for e in store.audit() if getattr(e.act, "claim", "") == name]
        assert store.verify() > len(audit)
    assert [type(e.act).__name__ for e in audit] == ["Correct"] * 3 + ["Reject"]
    assert {e.who for e in audit} == {"op"}
    assert audit[0].act.was[1] == 3


def test_an_alarm_of_the_running_watch_opens_an_incident(site: tuple[Site, TestClient]) -> None:
    s, client = site
    csrf = s.sign_in(client, "op")
    made = client.post("/api/incidents/open", json={}, headers=csrf).json()
    assert "incidents" in made, made
    first = client.get(f"/api/incidents/{made['incidents'][0]}").json()
    assert {"alarm", "track"} <= {e["kind"] for e in first["evidence"]}
    link = {"a": made["incidents"][0], "b": "I1", "kind": "same_campaign", "why": "the same week"}
    assert client.post("/api/incidents/link", json=link, headers=csrf).status_code == 200
    csrf = s.sign_in(client, "sup")
    claims = client.get("/api/incidents/I1").json()["claims"]
    confirm = {"claim": claims[0]["id"], "why": "read the original"}
    answer = client.post("/api/incidents/confirm", json=confirm, headers=csrf)
    assert answer.status_code == 200, answer.text
    assert client.get("/api/incidents/I1").json()["claims"][0]["confirmed_by"] == "sup"


def test_too_many_requests_are_told_when_to_come_again_and_the_stream_goes_on(
    site: tuple[Site, TestClient],
) -> None:
    now = [0]
    meter = Meter(Rate(per_s=2.0, burst=3.0, addresses=2), lambda: now[0])
    assert [meter.wait_s("a") for _ in range(4)] == [0, 0, 0, 1]
    assert meter.wait_s("b") == 0  # another's requests are another's
    now[0] += 500_000_000
    assert [meter.wait_s("a") for _ in range(2)] == [0, 1]
    now[0] += 10**12
    assert [meter.wait_s("a") for _ in range(4)] == [0, 0, 0, 1]  # never more than the burst
    for k in range(100):
        meter.wait_s(f"stranger {k}")
    assert len(meter._left) == 2  # bounded, whoever knocks
    s, _ = site
    slow = server.app(s.service, s.rights, rate=Rate(per_s=0.02, burst=2.0))
    client = TestClient(slow, base_url=HOST)  # not entered: the watch runs already
    csrf = s.sign_in(client, "view")
    codes = [client.get("/api/picture").status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    refused = client.post("/api/logout", headers=csrf)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 50
    assert "again in" in refused.json()["error"]
    with client.websocket_connect("ws://127.0.0.1/api/live") as ws:
        assert ws.receive_json()["kind"] == "picture"
