"""Real peers: programs of others that a test starts on loopback and stops again.

A peer that cannot be had here is said, and the test skipped; with BARTIZAN_PEERS=required
(as in CI) the test fails instead.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "bartizan-peers"


def absent(why: str) -> None:
    """Skips the calling test, or fails it where peers are required."""
    if os.environ.get("BARTIZAN_PEERS") == "required":
        pytest.fail(why)
    pytest.skip(why)


def environment(package: str, *more: str) -> Path:
    """The folder of programs of an environment of its own that has `package` ("name==1.2").

    Made once and kept; made again when making it was broken off.
    """
    python = f"python{sys.version_info.major}.{sys.version_info.minor}"
    folder = CACHE / f"{package.replace('==', '-')}-{python}"
    ready = folder / "ready"
    if not ready.is_file():
        try:
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)],
                           check=True, capture_output=True, timeout=120)  # fmt: skip
            subprocess.run([str(folder / "bin" / "python"), "-m", "pip", "install", "-q", package, *more],
                           check=True, capture_output=True, timeout=300)  # fmt: skip
        except (subprocess.SubprocessError, OSError) as e:
            said = getattr(e, "stderr", b"") or b""
            absent(
                f"peer {package} cannot be installed: {said.decode(errors='replace')[-200:] or e}"
            )
        ready.touch()
    return folder / "bin"


def program(name: str, package: str) -> str:
    """A program of the system; the test is skipped when it is absent."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if found is None:
        absent(f"peer {name} is absent (Debian package {package})")
    return str(found)


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], port: int, cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The program while the block lasts, begun once it listens on the port."""
    with (cwd / "log").open("ab") as log:
        process = subprocess.Popen(command, cwd=cwd, stdout=log, stderr=log)
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1.0):
                break
            if process.poll() is not None:
                pytest.fail(f"{command[0]} ended: {(cwd / 'log').read_text()[-2000:]}")
            time.sleep(0.1)
        else:
            pytest.fail(f"{command[0]} does not listen: {(cwd / 'log').read_text()[-2000:]}")
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
