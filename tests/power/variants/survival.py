"""What may happen to examples/survival/hazard.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("Survival", "examples/survival/hazard.py")

VARIANTS = (
    CODE.shift(
        "breslow_ties",
        "tie-rule",
        "train",
        "the rule for ties is always Breslow's, whatever the configuration says",
        ('share = place / count if ties == "efron" else 0.0', "share = 0.0"),
    ),
    CODE.shift(
        "risk_set_after",
        "risk-set-edge",
        "train",
        "the baseline leaves those out who fail on the day itself",
        ("risk[days >= day].sum()", "risk[days > day].sum()"),
    ),
    CODE.shift(
        "horizon_excluded",
        "search-side",
        "predict",
        "failures on the horizon's own day no longer count",
        ('horizon, side="right")', 'horizon, side="left")'),
    ),
    CODE.shift(
        "alive_on_the_day",
        "metric-boundary",
        "evaluate",
        "a pump that failed on the horizon's day counts as alive in the error",
        ("(days > horizon).astype(float)", "(days >= horizon).astype(float)"),
    ),
    CODE.shift(
        "bundle_rounded",
        "save-rounds",
        "contracts",
        "numbers are rounded to four decimals to make the bundle smaller",
        ("value.tolist() if isinstance", "value.round(4).tolist() if isinstance"),
    ),
    CODE.shift(
        "penalty_half_lost",
        "regularisation-lost",
        "train",
        "the penalty stays in the curvature and is lost from the gradient",
        ('gradient - config["penalty"] * beta', "gradient"),
    ),
    CODE.keep(
        "vectorised_ties",
        "vectorise",
        "the sum over tied failures as one product of matrices",
        (
            """        for place in range(count):
            share = place / count if ties == "efron" else 0.0
            weight = risk * at_risk - share * risk * died
            total = weight.sum()
            mean = (weight @ design) / total
            gradient -= mean
            information += (design.T * weight) @ design / total - np.outer(mean, mean)""",
            """        shares = np.arange(count) / count if ties == "efron" else np.zeros(count)
        weights = risk * at_risk - shares[:, None] * (risk * died)
        weights = weights / weights.sum(axis=1, keepdims=True)
        means = weights @ design
        gradient -= means.sum(axis=0)
        information += np.einsum("pr,ri,rj->ij", weights, design, design) - means.T @ means""",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "dictionary_for_dataclass",
        "dataclass-to-dictionary",
        "the fitted numbers are read through a plain namespace",
        ("from dataclasses import asdict, dataclass\n", "from types import SimpleNamespace\n"),
        ("@dataclass\nclass HazardModel:", "class HazardModel(SimpleNamespace):"),
        (
            "    return HazardModel(dict(config), heat_fills, levels, center, scale, beta, event_days, baseline)",
            "    return HazardModel(\n"
            "        config=dict(config),\n"
            "        heat_fills=heat_fills,\n"
            "        levels=levels,\n"
            "        center=center,\n"
            "        scale=scale,\n"
            "        coefficients=beta,\n"
            "        event_days=event_days,\n"
            "        baseline=baseline,\n"
            "    )",
        ),
        ("asdict(model).items()", "vars(model).items()"),
        moves_bits=False,
    ),
)
