"""Which articles answer a ticket: TF-IDF and cosines by hand, with an answer that says why."""

from __future__ import annotations

import json
import math
import re
import tomllib
import unicodedata
from collections import Counter
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd

WORD = re.compile(r"\w+")


class Queue(Enum):
    """Who answers a ticket."""

    BILLING = "billing"
    NETWORK = "network"
    DEVICE = "device"
    PERSON = "person"
    """Nothing fits: somebody reads the ticket first."""


@dataclass(frozen=True)
class Term:
    """A word of the ticket, and its share in the ticket's vector."""

    word: str
    weight: float


@dataclass(frozen=True)
class Advice:
    """The answer to one ticket; lists are as long as there is something to say."""

    ticket: int
    queue: Queue
    confidence: float
    """Share of the best queue in the scores of all; 0 where nothing fits."""
    articles: list[tuple[int, float]]
    """Number and score of the articles that may help, best first."""
    similar: list[list[int]]
    """For each of these articles the most similar tickets that it answered, best first."""
    terms: list[Term]
    """The words that decided, heaviest first."""


@dataclass(frozen=True)
class Desk:
    """Everything that an answer needs."""

    config: dict[str, Any]
    words: dict[str, int]
    """Column of each known word."""
    rarity: np.ndarray
    """Inverse document frequency of each word."""
    tickets: np.ndarray
    """Numbers of the tickets learned from."""
    vectors: np.ndarray
    """Their unit vectors, shape (tickets, words)."""
    answered: np.ndarray
    """The article that answered each of them."""
    articles: np.ndarray
    """Numbers of all articles, sorted."""
    centres: np.ndarray
    """Unit vector of each article, shape (articles, words)."""
    queues: list[str]
    """Queue of each article."""


def load_tickets(path: Path) -> pd.DataFrame:
    """Read the tickets, one row each."""
    return pd.read_csv(path, parse_dates=["opened"])


def split_data(config: dict[str, Any], tickets: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row per ticket; the latest share is held back."""
    unique = tickets.drop_duplicates("ticket").reset_index(drop=True)
    cut = len(unique) - round(config["test_share"] * len(unique))
    return unique.iloc[:cut].reset_index(drop=True), unique.iloc[cut:].reset_index(drop=True)


def words_of(text: Any) -> list[str]:
    """The words of a ticket in their order, composed and without case; none of a ticket without text."""
    if not isinstance(text, str):
        return []
    return WORD.findall(unicodedata.normalize("NFC", text).casefold())


def unit(vectors: np.ndarray) -> np.ndarray:
    """Each row divided by its length; rows of zeros stay as they are."""
    length = np.sqrt((vectors**2).sum(axis=-1, keepdims=True))
    return vectors / np.where(length > 0.0, length, 1.0)


def vectors_of(words: dict[str, int], rarity: np.ndarray, texts: list[list[str]]) -> np.ndarray:
    """Unit TF-IDF vectors of texts; words that nobody used before count for nothing."""
    counts = np.zeros((len(texts), len(words)))
    for row, text in enumerate(texts):
        for word in text:
            if word in words:
                counts[row, words[word]] += 1.0
    return unit(counts * rarity)


def train_from_data(config: dict[str, Any], tickets: pd.DataFrame) -> Desk:
    """Learn the words, and where each article lies among them."""
    texts = [words_of(text) for text in tickets["text"]]
    seen_in = Counter(word for text in texts for word in set(text))
    words = {word: place for place, word in enumerate(sorted(seen_in))}
    rarity = np.array([math.log((1 + len(texts)) / (1 + seen_in[word])) + 1.0 for word in words])
    vectors = vectors_of(words, rarity, texts)
    answered = tickets["article"].to_numpy()
    articles = np.unique(answered)
    centres = unit(np.stack([vectors[answered == article].mean(axis=0) for article in articles]))
    queue_of = tickets.groupby("article")["queue"].first()
    return Desk(
        config=dict(config),
        words=words,
        rarity=rarity,
        tickets=tickets["ticket"].to_numpy(),
        vectors=vectors,
        answered=answered,
        articles=articles,
        centres=centres,
        queues=[str(queue_of[article]) for article in articles],
    )


def features_from_data(desk: Desk, tickets: pd.DataFrame) -> np.ndarray:
    """Cosine of each ticket with each article, shape (tickets, articles)."""
    vectors = vectors_of(desk.words, desk.rarity, [words_of(text) for text in tickets["text"]])
    return vectors @ desk.centres.T


def best_first(scores: np.ndarray, least: float, most: int) -> list[int]:
    """Places of the scores that reach the least, best first; equal ones in their order."""
    rounded = np.round(scores, 9)
    return [int(place) for place in np.argsort(-rounded, kind="stable")[:most] if rounded[place] >= least]


def similar_tickets(desk: Desk, vector: np.ndarray, article: int) -> list[int]:
    """The most similar tickets that an article answered."""
    own = np.flatnonzero(desk.answered == article)
    near = best_first(desk.vectors[own] @ vector, desk.config["min_neighbour"], desk.config["neighbours"])
    return [int(desk.tickets[own[place]]) for place in near]


def decide_queue(desk: Desk, scores: np.ndarray, places: list[int]) -> tuple[Queue, float]:
    """The queue with the largest sum of scores among the best articles, and its share of them."""
    total: dict[str, float] = {}
    for place in places:
        total[desk.queues[place]] = total.get(desk.queues[place], 0.0) + float(scores[place])
    if not total:
        return Queue.PERSON, 0.0
    best = max(total, key=lambda name: round(total[name], 9))
    return Queue(best), total[best] / sum(total.values())


def advise(desk: Desk, ticket: int, text: list[str], scores: np.ndarray, vector: np.ndarray) -> Advice:
    """The answer to one ticket."""
    config = desk.config
    places = best_first(scores, config["min_score"], config["top_articles"])
    queue, confidence = decide_queue(desk, scores, places)
    known = [word for word in dict.fromkeys(text) if word in desk.words]
    weights = np.array([vector[desk.words[word]] ** 2 for word in known])
    return Advice(
        ticket=ticket,
        queue=queue,
        confidence=confidence,
        articles=[(int(desk.articles[place]), float(scores[place])) for place in places],
        similar=[similar_tickets(desk, vector, int(desk.articles[place])) for place in places],
        terms=[Term(known[place], float(weights[place])) for place in best_first(weights, 0.0, config["top_terms"])],
    )


def predict_from_data(desk: Desk, tickets: pd.DataFrame) -> list[Advice]:
    """The answers to the tickets, in their order."""
    texts = [words_of(text) for text in tickets["text"]]
    vectors = vectors_of(desk.words, desk.rarity, texts)
    scores = vectors @ desk.centres.T
    numbers = tickets["ticket"].to_numpy()
    return [advise(desk, int(numbers[row]), texts[row], scores[row], vectors[row]) for row in range(len(tickets))]


def evaluate_from_data(config: dict[str, Any], tickets: pd.DataFrame, answers: list[Advice]) -> dict[str, float]:
    """How often the right article is named and how early, the right queue, and what is left to a person."""
    pairs = list(zip(tickets["article"], tickets["queue"], answers, strict=True))
    ranks = [
        [number for number, _ in answer.articles].index(article) + 1
        for article, _, answer in pairs
        if article in [number for number, _ in answer.articles]
    ]
    sure = [queue == answer.queue.value for _, queue, answer in pairs if answer.confidence >= config["sure_from"]]
    return {
        "hit_rate": len(ranks) / len(pairs),
        "mrr": sum(1.0 / rank for rank in ranks) / len(pairs),
        "right_when_sure": sum(sure) / max(1, len(sure)),
        "sure_share": len(sure) / len(pairs),
        "left_to_a_person": sum(answer.queue is Queue.PERSON for answer in answers) / len(pairs),
    }


def as_table(answers: list[Advice]) -> pd.DataFrame:
    """One row per recommended article, as the desk's screen lists them."""
    rows = [
        (answer.ticket, answer.queue.value, answer.confidence, article, score, len(similar))
        for answer in answers
        for (article, score), similar in zip(answer.articles, answer.similar, strict=True)
    ]
    return pd.DataFrame(rows, columns=["ticket", "queue", "confidence", "article", "score", "similar"])


def save_model(desk: Desk, folder: Path) -> None:
    """Arrays in one file, settings and words in another."""
    arrays = {name: value for name, value in vars(desk).items() if isinstance(value, np.ndarray)}
    np.savez(folder / "desk.npz", **arrays)
    rest = {name: value for name, value in vars(desk).items() if name not in arrays}
    (folder / "desk.json").write_text(json.dumps(rest, ensure_ascii=False), encoding="utf-8")


def load_model(folder: Path) -> Desk:
    """What `save_model` wrote."""
    with np.load(folder / "desk.npz") as arrays:
        return Desk(**json.loads((folder / "desk.json").read_text(encoding="utf-8")), **dict(arrays))


@click.command()
@click.argument("action", type=click.Choice(["train", "predict", "evaluate"]))
@click.option("--config", "config_path", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--out-dir", type=click.Path(file_okay=False, path_type=Path), required=True)
def main(action: str, config_path: Path, data: Path, out_dir: Path) -> None:
    """Learn from the tickets in DATA, or answer the latest of them with what lies in OUT_DIR."""
    config = tomllib.loads(config_path.read_text(encoding="utf-8"))
    train, test = split_data(config, load_tickets(data))
    out_dir.mkdir(parents=True, exist_ok=True)
    if action == "train":
        save_model(train_from_data(config, train), out_dir)
        return
    answers = predict_from_data(load_model(out_dir), test)
    if action == "predict":
        as_table(answers).to_csv(out_dir / "advice.csv", index=False)
    else:
        click.echo(evaluate_from_data(config, test, answers))


if __name__ == "__main__":
    main()
