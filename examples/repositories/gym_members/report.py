"""python report.py members.csv bookings.csv out/ : what the manager reads each month."""

import argparse
import json
from pathlib import Path

import pandas as pd

from gym import courses, odds, staying


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("members", type=Path)
    parser.add_argument("bookings", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()

    people = pd.read_csv(args.members)
    args.out.mkdir(parents=True, exist_ok=True)

    result = odds.fit(people)
    odds.table(result).to_csv(args.out / "odds.csv")
    people["chance"] = odds.chances(result, people)
    people["risk"] = staying.risk(staying.fit(people), people)
    people.to_csv(args.out / "members.csv", index=False)

    booked = pd.read_csv(args.bookings)
    booked["interest"] = courses.interest(courses.fit(booked), booked)
    booked.to_csv(args.out / "courses.csv", index=False)

    summary = {**odds.accuracy(people, people["chance"]), **staying.score(people, people["risk"])}
    (args.out / "summary.json").write_text(json.dumps(summary, indent=2))


if __name__ == "__main__":
    main()
