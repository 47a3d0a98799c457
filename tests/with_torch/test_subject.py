"""The subject `torch` (docs/subjects.md): rewrites are quiet, and planted bugs are caught where they are."""

from tests.examples.subjects import asked
from tests.examples.subjects.torch import TORCH

SUBJECT = TORCH
guarded, pytest_generate_tests = asked.guarded, asked.pytest_generate_tests
test_the_golden_is_that_of_the_code = asked.matches
test_an_edit = asked.expects
test_diff_names_what_was_edited = asked.names
