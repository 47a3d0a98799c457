"""What open invoices are worth at the end of a month: chances of a loss, and the provision that the books need.

Everything that changes from month to month stands in `settings.env`, the day of the valuation first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import click
import joblib
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression

SETTINGS = Path(__file__).with_name("settings.env")


@dataclass(frozen=True)
class Settings:
    """One valuation."""

    as_of: date
    """The day whose evening is valued, in the zone of the books."""
    zone: str
    """Time zone of the books; contacts are recorded in UTC."""
    test_share: float
    """Share of the invoices that is held back: every so many."""
    buckets: tuple[int, ...]
    """Days overdue at which a bucket begins."""
    silent_cap: int
    """Days of silence from which on nothing changes; also taken where the customer never answered."""
    grace_days: int
    """Days from the valuation, or from the day an invoice is due, to its next reminder."""
    strength: float
    """Inverse strength of the penalty."""
    doubtful_from: float
    """Chance of a loss from which on an invoice is called doubtful."""


def read_settings(path: Path = SETTINGS) -> Settings:
    """Read lines of `NAME=value`; empty ones and comments are skipped."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    values = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return Settings(
        as_of=date.fromisoformat(values["AS_OF"]),
        zone=values.get("ZONE", "UTC"),
        test_share=float(values.get("TEST_SHARE", 0.25)),
        buckets=tuple(int(days) for days in values["BUCKETS"].split(",")),
        silent_cap=int(values.get("SILENT_CAP", 90)),
        grace_days=int(values.get("GRACE_DAYS", 14)),
        strength=float(values.get("STRENGTH", 1.0)),
        doubtful_from=float(values["DOUBTFUL_FROM"]),
    )


def load_invoices(path: Path) -> pd.DataFrame:
    """Read the open invoices, one row each."""
    return pd.read_csv(path, parse_dates=["due", "contacted_at"])


def split_data(settings: Settings, invoices: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One row per invoice; of every ten by their order, the last few are held back."""
    unique = invoices.drop_duplicates("invoice").reset_index(drop=True)
    held_back = np.arange(len(unique)) % 10 >= 10 - round(10 * settings.test_share)
    return unique[~held_back].reset_index(drop=True), unique[held_back].reset_index(drop=True)


def days_overdue(settings: Settings, invoices: pd.DataFrame) -> np.ndarray:
    """Whole days from the day an invoice was due to the day of the valuation; negative for those not due yet."""
    due = invoices["due"].dt.normalize()
    return (pd.Timestamp(settings.as_of) - due).dt.days.to_numpy(dtype=float)


def days_silent(settings: Settings, invoices: pd.DataFrame) -> np.ndarray:
    """Days on the calendar of the books since the customer last answered, at most the cap."""
    local = invoices["contacted_at"].dt.tz_localize("UTC").dt.tz_convert(settings.zone)
    contacted = local.dt.tz_localize(None).dt.normalize()
    silent = (pd.Timestamp(settings.as_of) - contacted).dt.days
    return silent.clip(lower=0, upper=settings.silent_cap).fillna(settings.silent_cap).to_numpy(dtype=float)


def bucket_of(settings: Settings, overdue: np.ndarray) -> np.ndarray:
    """Number of the bucket of each invoice; 0 holds those that are not due yet."""
    return np.searchsorted(settings.buckets, overdue, side="right")


def bucket_names(settings: Settings) -> list[str]:
    """What the books call each bucket."""
    return ["not due", *(f"from {days} days" for days in settings.buckets)]


def add_features(settings: Settings, sectors: list[str], invoices: pd.DataFrame) -> pd.DataFrame:
    """A flag per bucket and per known sector, months of silence, reminders and the size of the invoice."""
    bucket = bucket_of(settings, days_overdue(settings, invoices))
    names = bucket_names(settings)
    return pd.DataFrame(
        {
            **{names[number]: (bucket == number).astype(float) for number in range(1, len(names))},
            "months_silent": days_silent(settings, invoices) / 30.0,
            "reminders": np.minimum(invoices["reminders"], 4).astype(float),
            "log_amount": np.log10(invoices["amount"].clip(lower=1.0)),
            **{f"sector {name}": (invoices["sector"] == name).astype(float) for name in sectors},
        },
        index=invoices.index,
    )


def train_from_data(settings: Settings, invoices: pd.DataFrame) -> dict[str, Any]:
    """Fit the chance of a loss, and remember the usual one of each bucket."""
    sectors = sorted(invoices["sector"].unique())
    features = add_features(settings, sectors, invoices)
    classifier = LogisticRegression(C=settings.strength, solver="newton-cholesky", tol=1e-10, max_iter=100)
    classifier.fit(features.to_numpy(), invoices["lost"])
    bucket = bucket_of(settings, days_overdue(settings, invoices))
    usual = invoices["lost"].groupby(bucket).mean().reindex(range(len(settings.buckets) + 1))
    return {"sectors": sectors, "classifier": classifier, "usual": usual.fillna(invoices["lost"].mean())}


def features_from_data(settings: Settings, model: dict[str, Any], invoices: pd.DataFrame) -> pd.DataFrame:
    """What the classifier sees of these invoices."""
    return add_features(settings, model["sectors"], invoices)


def predict_from_data(settings: Settings, model: dict[str, Any], invoices: pd.DataFrame) -> pd.DataFrame:
    """Bucket, chance of a loss, what to set aside in euros and cents, and the day of the next reminder."""
    features = features_from_data(settings, model, invoices)
    bucket = bucket_of(settings, days_overdue(settings, invoices))
    chance = model["classifier"].predict_proba(features.to_numpy())[:, 1]
    # The books never value an invoice better than half of what is usual for its bucket.
    chance = np.maximum(chance, 0.5 * model["usual"].to_numpy()[bucket])
    remind = invoices["due"].dt.normalize().clip(lower=pd.Timestamp(settings.as_of))
    return pd.DataFrame(
        {
            "bucket": np.array(bucket_names(settings), dtype=object)[bucket],
            "loss_chance": chance,
            "doubtful": np.round(chance, 9) >= settings.doubtful_from,
            "provision": np.round(np.round(invoices["amount"].to_numpy() * chance, 6), 2),
            "remind_on": remind + pd.Timedelta(days=settings.grace_days),
        }
    )


def evaluate_from_data(invoices: pd.DataFrame, answers: pd.DataFrame) -> dict[str, float]:
    """Error of the chances, share of the losses that were called doubtful, and the books' totals in euros."""
    lost = invoices["lost"].to_numpy()
    found = answers["doubtful"].to_numpy() & (lost == 1)
    return {
        "brier": float(((answers["loss_chance"].to_numpy() - lost) ** 2).mean()),
        "losses_found": float(found.sum() / max(1, lost.sum())),
        "provision_total": float(answers["provision"].sum()),
        "lost_total": float((invoices["amount"].to_numpy() * lost).sum()),
    }


@click.command()
@click.argument("action", type=click.Choice(["train", "predict", "evaluate"]))
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--out-dir", type=click.Path(file_okay=False, path_type=Path), required=True)
def main(action: str, data: Path, out_dir: Path) -> None:
    """Train on the invoices in DATA, or value them with the model in OUT_DIR, as `settings.env` says."""
    settings = read_settings()
    train, test = split_data(settings, load_invoices(data))
    out_dir.mkdir(parents=True, exist_ok=True)
    if action == "train":
        joblib.dump(train_from_data(settings, train), out_dir / "model.joblib")
        return
    answers = predict_from_data(settings, joblib.load(out_dir / "model.joblib"), test)
    if action == "predict":
        answers.to_csv(out_dir / "valuation.csv", index=False)
    else:
        click.echo(evaluate_from_data(test, answers))


if __name__ == "__main__":
    main()
