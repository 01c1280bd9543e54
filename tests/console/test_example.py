"""The example of an integrator, run against a served watch."""

from __future__ import annotations

import importlib.util
import json
import socket
import sys
import threading
import time
from pathlib import Path

import pytest
import uvicorn

from bartizan.service import Source
from console.test_server import Site
from service.night import scans

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "integrator" / "follow.py"


def test_it_asks_for_a_token_and_follows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site = Site(tmp_path, hills=False)
    with socket.create_server(("127.0.0.1", 0)) as door:
        url = f"http://127.0.0.1:{door.getsockname()[1]}"
        key = {"url": url, "token": site.rights.add_machine("commands", "supervisor")}
        (tmp_path / "service.json").write_text(json.dumps(key))
        server = uvicorn.Server(uvicorn.Config(site.app, log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            site.service.add(Source("sim", site.feed(scans()[:60])))
            while site.service.board.steps < 60:
                time.sleep(0.02)
            spec = importlib.util.spec_from_file_location("follow", EXAMPLE)
            assert spec is not None and spec.loader is not None
            follow = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(follow)
            words = ["follow.py", "--folder", str(tmp_path), "--messages", "3"]
            monkeypatch.setattr(sys, "argv", words)
            follow.main()
        finally:
            server.should_exit = True
            thread.join(30.0)
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("bartizan ")
    assert said[1].startswith("live ") and " airliner at 33." in said[1]
    assert len(said) == 5 and any(s.startswith("  ") for s in said[2:])
    assert site.rights.people()["integrator"] == "viewer"
