"""A closed-loop HTTP client: each connection sends its next request when it has the answer to the last."""

import gc
import selectors
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import cast

HEAD_END = b"\r\n\r\n"
TIMEOUT_S = 30.0
AGENT = "acredita-bench"  # one device, as a candidate has


class WrongAnswer(Exception):
    """The service did not answer as the operation expects, so there is nothing to measure."""


@dataclass(frozen=True)
class Load:
    """What a run gave: the latency of each request in seconds, in the order of the answers, and the time in all."""

    latencies: list[float]
    elapsed_s: float

    @property
    def per_second(self) -> float:
        """Requests per second."""
        return len(self.latencies) / self.elapsed_s

    def percentile_ms(self, percent: int) -> float:
        """The latency that so many percent of the requests did not exceed, in milliseconds."""
        ranked = sorted(self.latencies)
        return 1000 * ranked[min(len(ranked) - 1, len(ranked) * percent // 100)]


def merged(loads: Sequence[Load]) -> Load:
    """Several runs as one."""
    latencies = [latency for load in loads for latency in load.latencies]
    return Load(latencies, sum(load.elapsed_s for load in loads))


class Connection:
    """One kept-alive connection and what it still has to ask."""

    def __init__(self, address: tuple[str, int], requests: Iterator[bytes]) -> None:
        self.socket = socket.create_connection(address, TIMEOUT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.requests = requests
        self.received = b""
        self.expected = 0
        self.sent_at = 0.0

    def ask(self) -> bool:
        """Send the next request, if there is one."""
        request = next(self.requests, None)
        if request is None:
            return False
        self.received, self.expected = b"", 0
        self.sent_at = perf_counter()
        self.socket.sendall(request)
        return True

    def hear(self) -> bytes | None:
        """The whole answer, once it is here."""
        part = self.socket.recv(262_144)
        if not part:
            raise WrongAnswer("the service closed the connection")
        self.received += part
        if not self.expected:
            self.expected = _length(self.received)
        return self.received if self.expected and len(self.received) >= self.expected else None


def request(method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost", "Accept-Language: es", f"User-Agent: {AGENT}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if method != "GET":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + HEAD_END + body


def exchange(address: tuple[str, int], asked: bytes) -> bytes:
    """One request and its whole answer."""
    connection = Connection(address, iter([asked]))
    with connection.socket:
        connection.ask()
        while (answer := connection.hear()) is None:
            pass
    return answer


def drive(address: tuple[str, int], requests: Iterator[bytes], connections: int, status: int, seconds: float) -> Load:
    """Ask until nothing is left or the time is over; every answer must have the status."""
    opened = [Connection(address, requests) for _ in range(connections)]
    gc.collect()
    gc.disable()
    try:
        return _loop(opened, f"HTTP/1.1 {status}".encode(), seconds)
    finally:
        gc.enable()
        for connection in opened:
            connection.socket.close()


def _loop(connections: list[Connection], status: bytes, seconds: float) -> Load:
    latencies: list[float] = []
    started = end = perf_counter()
    with selectors.DefaultSelector() as selector:
        for connection in connections:
            if connection.ask():
                selector.register(connection.socket, selectors.EVENT_READ, connection)
        while selector.get_map():
            for connection in _ready(selector):
                answer = connection.hear()
                if answer is None:
                    continue
                end = perf_counter()
                _require(answer, status)
                latencies.append(end - connection.sent_at)
                if end - started > seconds or not connection.ask():
                    selector.unregister(connection.socket)
    if not latencies:
        raise WrongAnswer("there was nothing to ask")
    return Load(latencies, end - started)


def _ready(selector: selectors.BaseSelector) -> Iterator[Connection]:
    events = selector.select(TIMEOUT_S)
    if not events:
        raise WrongAnswer(f"no answer within {TIMEOUT_S:g} seconds")
    for key, _ in events:
        yield cast(Connection, key.data)


def _length(received: bytes) -> int:
    """How long the whole answer is, once its head is here; 0 before."""
    head, end, _ = received.partition(HEAD_END)
    if not end:
        return 0
    fields: dict[bytes, bytes] = {}
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        fields[name.lower()] = value
    if b"content-length" not in fields:
        raise WrongAnswer("an answer without Content-Length")
    return len(head) + len(end) + int(fields[b"content-length"])


def _require(answer: bytes, status: bytes) -> None:
    if not answer.startswith(status):
        raise WrongAnswer(f"expected {status.decode()}, got:\n{answer[:1500].decode(errors='replace')}")
