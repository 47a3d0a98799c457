"""The service: answers by the bundle that is current in a place, from the first request after a switch.

python -m late.service PLACE [PORT]
"""

import socket
import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from late import api, bundle


class Order(BaseModel):
    """A request."""

    order: int
    distance_km: float | None
    items: int
    hour: int
    vehicle: str


class Answer(BaseModel):
    """What is said of one order."""

    order: int
    late: bool
    probability: float


class Answers(BaseModel):
    """What is said of a batch, all of it by one release."""

    release: str
    answers: list[Answer]


class Current:
    """The bundle that is current in a place."""

    def __init__(self, place):
        self.place = Path(place)
        self._held = ("", None)

    def get(self):
        """Its folder and what was learned: one pair, so that no request sees half of a switch."""
        line = (self.place / "current").read_text(encoding="utf-8").split("\n")[0]
        held = self._held
        if held[0] != line:
            self._held = held = (line, bundle.load(self.place / line))
        return held


def build(place):
    """The application."""
    app, current = FastAPI(), Current(place)

    def answered(orders):
        release, fitted = current.get()
        rows = api.rows_of([order.model_dump() for order in orders])
        return Answers(release=release, answers=api.answer(fitted, rows).to_dict("records"))

    @app.get("/release")
    def release() -> str:
        return current.get()[0]

    @app.post("/late")
    def one(order: Order) -> Answers:
        return answered([order])

    @app.post("/late/batch")
    def batch(orders: list[Order]) -> Answers:
        return answered(orders)

    return app


def main():
    """Serve on the loopback; the first line that is printed is the port."""
    place, port = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0
    listening = socket.create_server(("127.0.0.1", port), backlog=128)
    print(listening.getsockname()[1], flush=True)
    # Longer than what stands in front of a service keeps its connections, which would fail on one that is gone.
    config = uvicorn.Config(build(place), log_level="warning", timeout_keep_alive=75)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
