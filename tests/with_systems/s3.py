"""A real server of S3, buckets on it, and a way to each that can be cut, slowed and listened to."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from mlguard.golden.fsspec import FsspecBucket

SECRET = "canary-secret-of-s3"
"""The secret key, which no output may show."""


class Way:
    """Forwards connections to the server, until it is cut: then every one ends, and new ones are refused."""

    def __init__(self, port: int) -> None:
        self._server = port
        self.requests = 0
        self.cut_after: int | None = None
        """Requests after which it is cut by itself."""
        self.changed: Callable[[bytes], bytes] = lambda data: data
        """What becomes of what is sent to the server."""
        self._listening: socket.socket | None = None
        self.port = 0
        self.mend()

    def cut(self) -> None:
        """Let nobody through any more."""
        listening, self._listening = self._listening, None
        if listening is not None:
            # Closing alone would let a thread that waits for a connection take one more.
            with suppress(OSError):
                listening.shutdown(socket.SHUT_RDWR)
            listening.close()

    def mend(self) -> None:
        """Let everybody through, on the same port as before."""
        self.cut_after = None
        listening = socket.create_server(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        self._listening = listening
        threading.Thread(target=self._accept, args=(listening,), daemon=True).start()

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _ = listening.accept()
                threading.Thread(target=self._forward, args=(client,), daemon=True).start()

    def _forward(self, client: socket.socket) -> None:
        with client, suppress(OSError), socket.create_connection(("127.0.0.1", self._server)) as server:
            while self._listening is not None:
                for ready in select.select([client, server], [], [], 0.2)[0]:
                    data = ready.recv(1 << 16)
                    if not data:
                        return
                    if ready is server:
                        client.sendall(data)
                    elif self._is_through(data):
                        server.sendall(self.changed(data))
                    else:
                        return

    def _is_through(self, data: bytes) -> bool:
        """Whether what a client sends goes on; the first that does not cuts the way."""
        if data.startswith((b"GET ", b"PUT ", b"HEAD ", b"POST ", b"DELETE ")):
            self.requests += 1
        if self.cut_after is not None and self.requests > self.cut_after:
            self.cut()
        return self._listening is not None


@dataclass
class Place:
    """One bucket."""

    name: str
    """Its name."""
    direct: int
    """The port of the server."""
    way: Way
    """How tests reach it."""

    @property
    def url(self) -> str:
        """The address of goldens in it."""
        return f"s3://{self.name}/goldens"

    @property
    def variables(self) -> Mapping[str, str]:
        """What a client needs in its environment."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.way.port}",
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def bucket(self) -> FsspecBucket:
        """The objects below the address."""
        return FsspecBucket(self.url)


@dataclass
class Server:
    """The server."""

    process: subprocess.Popen[bytes]
    """Its process."""
    port: int
    """Where it listens."""
    names: set[str] = field(default_factory=set)
    """Buckets that were made."""

    @classmethod
    @contextmanager
    def started(cls, folder: Path) -> Iterator[Server]:
        """Start it; it ends with the block."""
        program = Path(__file__).with_name("s3_server.py")
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, stderr=log, cwd=folder)
        try:
            assert process.stdout is not None
            yield cls(process, int(process.stdout.readline()))
        finally:
            process.kill()
            process.wait()

    @contextmanager
    def place(self) -> Iterator[Place]:
        """A new bucket, with a way of its own."""
        way = Way(self.port)
        place = Place(f"team-{uuid.uuid4().hex[:12]}", self.port, way)
        self._make(place)
        try:
            yield place
        finally:
            way.cut()

    def _make(self, place: Place) -> None:
        import s3fs

        files = s3fs.S3FileSystem(
            key="AKIAIOSFODNN7EXAMPLE",
            secret=SECRET,
            endpoint_url=f"http://127.0.0.1:{self.port}",
            skip_instance_cache=True,
        )
        files.mkdir(place.name)


def environment(place: Place, **more: str) -> dict[str, str]:
    """The variables of a process that reaches a bucket."""
    return {**os.environ, **place.variables, "AWS_MAX_ATTEMPTS": "1", **more}
