"""A real server on the loopback, asked while it is under load and while releases are switched. For guards and tests."""

import http.client
import json
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import late
from late import api, bundle

ROOT = Path(late.__file__).resolve().parents[1]
PATIENCE = 120
"""Seconds that one request may take on a machine that does much else."""


def requests_of(rows):
    """Rows as requests in JSON: what is missing is null."""
    return json.loads(rows[list(api.REQUEST)].to_json(orient="records", double_precision=15))


def offline(fitted, rows):
    """The answers without a server."""
    return api.answer(fitted, rows).to_dict("records")


class Server:
    """One process of the service."""

    def __init__(self, place):
        variables = {**os.environ, "PYTHONPATH": str(ROOT)}
        told = [sys.executable, "-m", "late.service", str(place)]
        self.process = subprocess.Popen(told, stdout=subprocess.PIPE, env=variables, text=True)
        self.port = int(self.process.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *raised):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def client(self):
        """A connection of one thread."""
        return Client(self.port)


class Client:
    """One connection, which is kept from request to request."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def post(self, path, payload):
        """The status and the document of one answer."""
        self.connection.request("POST", path, json.dumps(payload), {"Content-Type": "application/json"})
        answer = self.connection.getresponse()
        return answer.status, json.loads(answer.read())


class Load:
    """Clients that ask without pause, in threads of their own, and hold each answer against that of its release."""

    def __init__(self, server, place, rows, clients=4):
        self.server, self.place, self.rows = server, Path(place), rows
        self.asked = requests_of(rows)
        self.releases, self.wrong, self._offline = {}, [], {}
        self._over, self._lock = threading.Event(), threading.Lock()
        self._pool, self._clients = ThreadPoolExecutor(clients), clients

    def __enter__(self):
        self._running = [self._pool.submit(self._ask, number) for number in range(self._clients)]
        return self

    def __exit__(self, *raised):
        self._over.set()
        self._pool.shutdown()
        for running in self._running:
            running.result()

    def check(self, status, document, start, stop):
        """Hold one answer against what its own release says offline to the same orders, bit for bit."""
        release = document.get("release")
        right = status == 200 and document["answers"] == self._expected(release, start, stop)
        with self._lock:
            self.releases[release] = self.releases.get(release, 0) + 1
            if not right:
                self.wrong.append((status, document))

    def _expected(self, release, start, stop):
        if (release, start, stop) not in self._offline:
            fitted = bundle.load(self.place / release)
            self._offline[release, start, stop] = offline(fitted, self.rows[start:stop])
        return self._offline[release, start, stop]

    def _ask(self, number):
        client, turn = self.server.client(), number
        while not self._over.is_set():
            turn = (turn + 1) % len(self.asked)
            if turn % 3:
                self.check(*client.post("/late", self.asked[turn]), turn, turn + 1)
            else:
                self.check(*client.post("/late/batch", self.asked[turn : turn + 7]), turn, turn + 7)
