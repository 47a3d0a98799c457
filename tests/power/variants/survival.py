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
        hidden=True,
    ),
    CODE.shift(
        "penalty_half_lost",
        "regularisation-lost",
        "train",
        "the penalty stays in the curvature and is lost from the gradient",
        ('gradient - config["penalty"] * beta', "gradient"),
    ),
    CODE.shift(
        "age_unclipped",
        "clip-lost",
        "predict",
        "an age below zero is no longer drawn to zero before its logarithm",
        ('np.log1p(pumps["age"].clip(lower=0.0))', 'np.log1p(pumps["age"])'),
        hidden=True,
    ),
    CODE.shift(
        "levels_as_they_come",
        "category-order",
        "features",
        "levels are listed as they appear, so that another one becomes the baseline",
        ("[str(name) for name in sorted(pumps[column].unique())]", "[str(name) for name in pumps[column].unique()]"),
    ),
    CODE.shift(
        "masked_mean",
        "metric-denominator",
        "evaluate",
        "pumps whose outcome is unknown count as errors of zero instead of not at all",
        ("- alive)[known] ** 2).mean())", "- alive) ** 2 * known).mean())"),
    ),
    CODE.shift(
        "study_end_in_the_code",
        "setting-hard-coded",
        "predict",
        "the end of the study is today's setting, written into the code",
        ('np.append(model.event_days, model.config["study_end"])', "np.append(model.event_days, 730)"),
        hidden=True,
    ),
    CODE.shift(
        "strange_site_without_heat",
        "fallback-value",
        "predict",
        "a pump at an unknown site whose heat is missing gets no fill",
        ('.map(heat_fills).fillna(heat_fills[""]))', ".map(heat_fills))"),
        hidden=True,
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
    CODE.keep(
        "risk_sets_accumulated",
        "vectorise",
        "risk sets are running sums over the pumps, sorted from the longest observed",
        (
            "    jumps = [((days == day) & (failed == 1)).sum() / risk[days >= day].sum() for day in event_days]\n",
            '    order = np.argsort(-days, kind="stable")\n'
            "    running = np.cumsum(risk[order])\n"
            '    last = np.searchsorted(-days[order], -event_days, side="right") - 1\n'
            "    jumps = np.bincount(np.searchsorted(event_days, days[failed == 1])) / running[last]\n",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "step_by_cholesky",
        "solver-swapped",
        "the Newton step is solved through a Cholesky factor",
        (
            '        step = np.linalg.solve(curvature, gradient - config["penalty"] * beta)\n',
            "        factor = np.linalg.cholesky(curvature)\n"
            '        step = np.linalg.solve(factor.T, np.linalg.solve(factor, gradient - config["penalty"] * beta))\n',
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "pairs_counted_in_a_loop",
        "array-to-loop",
        "pairs whose order is known are counted one pump at a time",
        (
            """    known = (failed[:, None] == 1) & (days[:, None] < days[None, :])
    higher, equal = ratio[:, None] > ratio[None, :], ratio[:, None] == ratio[None, :]
    return float((known & higher).sum() + 0.5 * (known & equal).sum()) / float(known.sum())
""",
            """    won = pairs = 0.0
    for day, risk in zip(days[failed == 1], ratio[failed == 1], strict=True):
        later = ratio[days > day]
        pairs += len(later)
        won += (risk > later).sum() + 0.5 * (risk == later).sum()
    return float(won / pairs)
""",
        ),
    ),
    CODE.keep(
        "baseline_to_the_power",
        "equivalent-formula",
        "the chance to survive is the baseline's chance to the power of the hazard ratio",
        ("= np.exp(-steps[reached] * ratio)", "= np.exp(-steps[reached]) ** ratio"),
        moves_bits=True,
    ),
    CODE.shift(
        "bundle_without_general_fill",
        "bundle-forgets",
        "contracts",
        "the bundle keeps the heat of each site only, and loading takes the middle of those for an unknown one",
        (
            "    content = {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in "
            "fields}\n",
            "    content = {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in "
            "fields}\n"
            '    content["heat_fills"].pop("")\n',
        ),
        (
            '    plain = ("config", "heat_fills", "levels")\n',
            '    plain = ("config", "heat_fills", "levels")\n'
            '    content["heat_fills"][""] = float(np.median(list(content["heat_fills"].values())))\n',
        ),
        hidden=True,
    ),
    CODE.shift(
        "ties_in_the_code",
        "word-hard-coded",
        "train",
        "the rule for ties is today's setting, written into the code",
        ('failed, beta, config["ties"])', 'failed, beta, "efron")'),
        hidden=True,
    ),
)
