"""A record is laid out so that a diff of two goldens reads well."""

from __future__ import annotations

from mlguard.golden.strict import lay_out

WIDE = 130 * "x"

DOCUMENT = {
    "asked": {"form objects": 1, "runs": 2},
    "environment": {"packages": {"numpy": "2.0"}, "paths": [WIDE], "variables": ["A", "B"], "zone": {"wide": [WIDE]}},
    "observations": [{"name": WIDE, "value": 1}],
    "remarks": ["a", {"wide": WIDE}],
    "sources": {},
}

LAID_OUT = f"""\
{{
  "asked": {{"form objects": 1, "runs": 2}},
  "environment": {{
    "packages": {{
      "numpy": "2.0"
    }},
    "paths": [
      "{WIDE}"
    ],
    "variables": ["A", "B"],
    "zone": {{
      "wide": [
        "{WIDE}"
      ]
    }}
  }},
  "observations": [
    {{"name": "{WIDE}", "value": 1}}
  ],
  "remarks": [
    "a",
    {{
      "wide": "{WIDE}"
    }}
  ],
  "sources": {{}}
}}
"""


def test_each_entry_has_its_line_and_short_lists_share_one() -> None:
    assert lay_out(DOCUMENT) == LAID_OUT
