from __future__ import annotations

from dataclasses import replace

from mlguard.core.record import PRIVATE, Approval, ConfigurationFacts
from mlguard.core.value import texts
from mlguard.report.html.facts import facts, timeline
from mlguard.report.html.shown import Shown
from tests.core.records import seen
from tests.report.html.made import GOLDEN, MATCH, against, found, run, shown, text
from tests.report.verdicts import VERDICTS


def cards(given: Shown) -> dict[str, str]:
    return {text(one[0]): text(one) for one in found(facts(given), "section", "card")}


def test_the_dataset_has_a_card_with_its_columns() -> None:
    card = cards(MATCH)["Dataset"]
    assert "name tiny seed 0 rows rows 20 target y digest sha256:0123456789ab" in card
    assert "2 columns of rows x float64, 0 missing y int64, 0 missing" in card


def test_a_changed_column_is_marked() -> None:
    other = seen("dataset", "rows.schema", texts(["text, 0 missing", "int64, 0 missing"], rows=["x", "y"]))
    drawn = facts(shown(GOLDEN, [other, *GOLDEN[1:]]))
    assert [text(one) for one in found(drawn, "div", "changed")] == ["x text, 0 missing"]


def test_the_dataset_has_its_generator_by_digest_and_says_whether_it_is_the_goldens() -> None:
    script = "datasets/generators/tiny.py"
    one, other = (
        replace(made, provenance=replace(made.provenance, sources={script: f"sha256:{digit * 64}", "tiny.py": "x"}))
        for made, digit in ((run(*GOLDEN), "1"), (run(*GOLDEN), "2"))
    )
    same, edited = (replace(against(one, new), generators="datasets/generators") for new in (one, other))
    assert "digest sha256:0123456789ab tiny.py sha256:111111111111 " in cards(same)["Dataset"]
    assert found(facts(same), "div", "changed") == []
    changed = [text(row) for row in found(facts(edited), "div", "changed")]
    assert changed == ["tiny.py sha256:111111111111 → sha256:222222222222"]
    hidden = replace(one, provenance=replace(one.provenance, sources={script: PRIVATE}))
    private = replace(against(hidden, other), generators="datasets/generators")
    assert found(facts(private), "div", "changed") == []
    assert "tiny.py" not in cards(private)["Dataset"]
    assert "tiny.py" not in cards(MATCH)["Dataset"]  # As of a generator that comes with mlguard.


def test_facts_that_differ_stand_first_with_both_values() -> None:
    golden = run(*GOLDEN)
    new = replace(
        golden,
        provenance=replace(
            golden.provenance,
            environment={**golden.provenance.environment, "packages": {"numpy": "2.5.0"}, "blas": [{"kernel": "Zen"}]},
            configuration=ConfigurationFacts({"C": 2}, "config.yaml"),
        ),
    )
    golden = replace(golden, provenance=replace(golden.provenance, configuration=ConfigurationFacts({"C": 1})))
    drawn = cards(against(golden, new))
    assert drawn["Configuration"] == "Configuration config.yaml C 1 → 2"
    assert drawn["Environment"].startswith("Environment numpy 2.4.6 → 2.5.0 python 3.11.7 system Linux")
    assert "the machine in full: 1 differ blas absent → kernel Zen" in drawn["Environment"]


def test_the_system_the_image_and_lock_files_are_listed_and_unmarked_where_the_golden_does_not_say() -> None:
    def card(before: dict[str, object], now: dict[str, object]) -> tuple[str, list[str]]:
        golden, new = (
            replace(made, provenance=replace(made.provenance, environment={"system": "Linux", **facts}))
            for made, facts in ((run(*GOLDEN), before), (run(*GOLDEN), now))
        )
        drawn = facts(against(golden, new))
        return cards(against(golden, new))["Environment"], [text(row) for row in found(drawn, "div", "changed")]

    locks = {"uv.lock": f"sha256:{'1' * 64}"}
    here: dict[str, object] = {"os": "Debian GNU/Linux 12", "image": "python:3.12", "locks": locks}
    both = "os Debian GNU/Linux 12 image python:3.12 uv.lock 111111111111"
    assert card(here, here) == (f"Environment system Linux {both} the machine in full", [])
    told, changed = card({**here, "image": "python:3.11", "locks": {}}, here)
    assert changed == ["image python:3.11 → python:3.12", "uv.lock absent → 111111111111"]
    told, changed = card({}, here)
    assert ("os Debian GNU/Linux 12 (now) image python:3.12 (now)" in told, changed) == (True, [])


def test_the_order_of_facts_is_no_difference() -> None:
    golden, new = (
        replace(made, provenance=replace(made.provenance, environment={"python": "3.11.7", "blas": [facts]}))
        for made, facts in (
            (run(*GOLDEN), {"kernel": "Zen", "name": "x"}),
            (run(*GOLDEN), {"name": "x", "kernel": "Zen"}),
        )
    )
    assert "differ" not in cards(against(golden, new))["Environment"]


def test_approvals_are_told_and_drawn_from_the_first_to_the_newest() -> None:
    card = cards(MATCH)["Approvals of the golden"]
    assert "2026-11-20 · abc1234 softer ratio auc 0.9 -> 0.91 1 earlier 2026-10-01 first golden" in card
    newest, oldest = found(facts(MATCH), "circle")
    assert float(oldest.attrib["cx"]) < float(newest.attrib["cx"])


def test_a_log_that_somebody_wrote_by_hand_is_no_error() -> None:
    odd = [Approval("yesterday", None, "x"), Approval("2026-11-20", None, "y"), Approval("0001-01-01", None, "z")]
    drawn = timeline(odd)
    assert drawn is not None
    assert len(found(drawn, "circle")) in (1, 2)
    assert timeline(odd[:1]) is None
    mixed = [Approval("2026-11-20T08:00:00", None, "x"), Approval("2026-11-20T08:00:00+00:00", None, "y")]
    assert len(found(timeline(mixed), "circle")) == 2


def test_a_guard_of_which_nothing_is_known_has_no_card() -> None:
    assert cards(Shown(VERDICTS["error"])) == {}
