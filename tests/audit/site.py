"""A site of its own to audit: what `make run` starts, on a temporary database and a free port."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
PATIENCE = 240  # seconds until the plans must be loaded and the server must answer


def free_port() -> int:
    """Return a port on which nothing listens at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def trial_site(directory: Path) -> Iterator[str]:
    """Run the trial with its files in `directory` and yield its address, without a slash.

    Raises RuntimeError with the server's output when it does not start, or when a page failed
    with an exception while it ran.
    """
    address = f"http://127.0.0.1:{free_port()}"
    environment = os.environ | {
        "PORT": address.rpartition(":")[2],
        "HOST": "127.0.0.1",
        "ALLOWED_HOSTS": "127.0.0.1",
        "TRIAL_DIR": str(directory),
        "SECURE_COOKIES": "0",
        "DEBUG": "0",
        "DATABASE_URL": f"sqlite:///{directory / 'audit.sqlite3'}",
        "CACHE_URL": "",
    }
    for name in ("SECRET_KEY", "STATIC_ROOT"):
        environment.pop(name, None)
    log = directory / "server.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, str(BASE_DIR / "deploy" / "trial.py")],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_for(address, process, log)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
    if "Traceback (most recent call last)" in log.read_text():
        raise RuntimeError(f"The server met an exception:\n{log.read_text()}")


def wait_for(address: str, process: subprocess.Popen, log: Path) -> None:
    """Return when something answers at `address`, with whatever status."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(address, timeout=10).close()  # noqa: S310
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"The site did not start:\n{log.read_text()}")
