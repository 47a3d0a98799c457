"""Who runs beside others and who alone."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from mlguard.worker.turns import Turns


def test_those_beside_others_run_at_once_and_one_alone_runs_without_them():
    turns, met, release = Turns(), threading.Barrier(4), threading.Event()
    running: set[int] = set()
    seen: list[set[int]] = []

    def together(number: int) -> None:
        with turns.beside_others():
            running.add(number)
            met.wait(30)  # One after the other, they would never meet.
            release.wait(30)
            running.discard(number)

    def one(number: int, *, alone: bool) -> None:
        with turns.alone() if alone else turns.beside_others():
            running.add(number)
            if alone:
                seen.append(set(running))
            running.discard(number)

    with ThreadPoolExecutor(12) as threads:
        waits = [threads.submit(together, number) for number in range(3)]
        met.wait(30)
        waits += [threads.submit(one, number, alone=number % 2 == 1) for number in range(3, 9)]
        release.set()
        for wait in waits:
            wait.result(30)
    assert sorted(map(len, seen)) == [1, 1, 1]


def test_a_turn_ends_with_an_exception_too():
    turns = Turns()
    for turn in (turns.alone, turns.beside_others, turns.alone):
        try:
            with turn():
                raise ValueError
        except ValueError:
            pass
