"""The kinds of programs that people hand over, each with what is done to it and what must be said to that."""

from tests.examples.subjects.edit import Subject
from tests.examples.subjects.frames import FRAMES
from tests.examples.subjects.legacy import LEGACY
from tests.examples.subjects.notebooks import NOTEBOOKS
from tests.examples.subjects.pipelines import PIPELINES
from tests.examples.subjects.queries import QUERIES
from tests.examples.subjects.scripts import SCRIPTS
from tests.examples.subjects.shapes import SHAPES

SUBJECTS: tuple[Subject, ...] = (SCRIPTS, NOTEBOOKS, QUERIES, FRAMES, LEGACY, PIPELINES, SHAPES)
"""Those that need no library but those of the tests."""
