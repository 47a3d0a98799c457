"""A pipeline of DVC stages: each is a command line, and all of them read `params.yaml`."""

from __future__ import annotations

from operator import attrgetter

import pytest

from mlguard.core.outcome import Outcome
from tests.examples.edit import CONTRACTS, PROBES, told
from tests.examples.repositories.conftest import Repository
from tests.examples.repositories.edit import Edit

pytestmark = pytest.mark.repositories
REPOSITORY = "support_topics"
PREPARE, FEATURIZE, EVALUATE, TEXT = "src/prepare.py", "src/featurize.py", "src/evaluate.py", "src/text.py"

EDITS = (
    Edit(
        "repeats are looked up",
        "Prepare",
        PREPARE,
        'return df.drop_duplicates("ticket", keep="last")',
        'return df[~df["ticket"].duplicated(keep="last")]',
    ),
    Edit(
        "channels are columns of one table",
        "Topics",
        FEATURIZE,
        '    cols = [(df["channel"] == c).astype(float) for c in CHANNELS]\n',
        '    cols = list((df["channel"].to_numpy()[:, None] == np.array(CHANNELS, dtype=object)).T.astype(float))\n',
    ),
    Edit(
        "the first line of a ticket counts",
        "Prepare",
        PREPARE,
        'drop_duplicates("ticket", keep="last")',
        'drop_duplicates("ticket")',
        stage="predict",
    ),
    Edit(
        "words count as often as they are said",
        "Topics",
        FEATURIZE,
        "sublinear_tf=True",
        "sublinear_tf=False",
        stage="predict",
    ),
    Edit(
        "topics count as often as they come",
        "Topics",
        EVALUATE,
        'average="macro"',
        'average="weighted"',
        stage="evaluate",
    ),
    Edit(
        "letters are not normalised",
        "Topics",
        TEXT,
        'unicodedata.normalize("NFKC", text).lower()',
        "text.lower()",
        stage="predict",
        only=PROBES,
    ),
    Edit(
        "columns are named by their places",
        "Topics",
        FEATURIZE,
        "df = pd.read_csv(os.path.join(source, name))",
        'columns = ["ticket", "channel", "text", "wait_minutes", "topic"]\n'
        "    df = pd.read_csv(os.path.join(source, name), header=0, names=columns)",
        stage="contracts",
        only=CONTRACTS,
    ),
)


@pytest.mark.parametrize("guard", ["Prepare", "Topics"])
def test_the_golden_is_that_of_the_code(guard: str, repository: Repository) -> None:
    verdict = repository.check(guard)
    assert verdict.outcome is Outcome.MATCH, told(verdict)


@pytest.mark.parametrize("edit", EDITS, ids=attrgetter("id"))
def test_an_edit(edit: Edit, repository: Repository) -> None:
    repository.expect(edit)
