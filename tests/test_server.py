"""gunicorn as we start it: its processes share the connections, and a second service does not take some of them."""

import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from bench.client import request
from bench.service import ROOT, place, serving

CONNECTIONS = 32


def test_processes_share_connections_and_services_share_no_address(tmp_path: Path) -> None:
    where = place("sqlite", tmp_path)
    with serving(where) as service, ExitStack() as kept:
        lines = [kept.enter_context(socket.create_connection(service.address)) for _ in range(CONNECTIONS)]
        for line in lines:
            line.sendall(request("GET", "/healthz"))
        assert all(line.recv(4096).startswith(b"HTTP/1.1 200") for line in lines)
        held = [len([one for one in worker.net_connections() if one.raddr]) for worker in service.workers]
        second = _second_service("{}:{}".format(*service.address), where.environment)
    assert sum(held) == CONNECTIONS
    assert min(held) >= CONNECTIONS // 8, held
    assert second.returncode == 1
    assert "Cannot listen at 127.0.0.1" in second.stderr


def _second_service(address: str, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [Path(sys.executable).parent / "gunicorn", "--bind", address, "wsgi:app"]
    settings = os.environ | environment
    return subprocess.run(command, cwd=ROOT, env=settings, capture_output=True, text=True, check=False, timeout=60)
