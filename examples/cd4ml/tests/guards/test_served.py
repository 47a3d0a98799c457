"""What the service answers over HTTP is what the code answers offline. It needs FastAPI and uvicorn."""

import tempfile
from pathlib import Path

from late import api, bundle
from serving import Load, Server, offline, requests_of

from mlguard import Guard

ROWS, SWITCHES = 40, 10


class Served(Guard):
    """Answers over HTTP, single and batched, while clients ask without pause and the current release is switched."""

    dataset = "orders"
    seeds = (0,)
    config = "config.yaml"
    config_probes = False

    def observe(self, data, notes):
        rows = data.rows.drop(columns="late")[:ROWS]
        asked, fitted = requests_of(rows), api.fit(self.config, data.rows)
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            bundle.save(fitted, place / "releases/one")
            bundle.save(api.fit({**self.config, "kind": "rule"}, data.rows), place / "releases/two")
            switch(place, "releases/one")
            with Server(place) as server, Load(server, place, rows) as load:
                client = server.client()
                one = [client.post("/late", request)[1]["answers"] for request in asked]
                many = client.post("/late/batch", asked)[1]["answers"]
                refused = [client.post("/late", {**asked[0], "hour": None})[0], client.post("/late", {})[0]]
                seen = []
                for name in ["releases/two", "releases/one"] * SWITCHES:
                    switch(place, name)
                    seen.append(client.post("/late", asked[0])[1]["release"] == name)
        alone = [got == offline(fitted, rows[at : at + 1]) for at, got in enumerate(one)]
        facts = {
            "single equals offline": alone,
            "batch equals offline": many == offline(fitted, rows),
            "statuses of bad requests": refused,
            "each switch counts at once": seen,
            "wrong under load": str(load.wrong[:1] or "nothing"),
            "releases under load": sorted(load.releases),
        }
        for name, fact in facts.items():
            notes.note(name, fact, stage="predict")


def switch(place, name):
    """Another release is current, as `mlguard release` does it."""
    (place / "next").write_text(f"{name}\n", encoding="utf-8")
    (place / "next").replace(place / "current")
