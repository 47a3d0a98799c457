"""Numerical code whose comments give shapes."""

from tests.examples.edit import CONTRACTS, PROBES
from tests.examples.subjects.edit import Edit, Subject

SONGS = "songs.py"

SHAPES = Subject(
    7,
    "Shape comments",
    "shapes",
    "Songs",
    (
        Edit(
            "similarities are an einsum",
            SONGS,
            "sims = counts.T @ counts / np.outer(norms, norms)",
            'sims = np.einsum("ui,uj->ij", counts, counts) / (norms[:, None] * norms)',
        ),
        Edit(
            "the loop over listeners is back",
            SONGS,
            'liked = rows @ model["sims"]',
            'liked = np.array([row @ model["sims"] for row in rows])',
        ),
        Edit(
            "one norm for all songs",
            SONGS,
            "(counts**2).sum(axis=0)",
            "(counts**2).sum()",
            stage="train",
            names="inside: train sims",
            shape="songs.py:11 `norms`",
            edited="songs.fit",
        ),
        Edit(
            "a comment that never was true",
            SONGS,
            "# liked: (users, songs)",
            "# liked: (songs, users)",
            shape="songs.py:22 `liked`",
        ),
        Edit(
            "the least liked song is the best",
            SONGS,
            "liked.argmax(axis=1)",
            "liked.argmin(axis=1)",
            stage="predict",
            names="predict test.song",
        ),
        Edit(
            "a stranger likes what the first listener does",
            SONGS,
            '    liked[~known] = model["popular"]\n',
            "",
            stage="predict",
            names="below user",
            only=PROBES,
        ),
        Edit(
            "who asked is marked in the table",
            SONGS,
            '    liked = score(model, listeners["user"])\n',
            '    listeners["asked"] = True\n    liked = score(model, listeners["user"])\n',
            stage="contracts",
            names="inputs unchanged",
            only=CONTRACTS,
        ),
    ),
)
