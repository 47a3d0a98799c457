"""What may happen to examples/churn/model.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("Churn", "examples/churn/model.py")

VARIANTS = (
    CODE.shift(
        "batch_fill",
        "batch-statistics",
        "features",
        "unknown reading frequencies are filled with the median of the batch being scored",
        (
            'add_features(model["config"], rows, model["reads_fill"])',
            'add_features(model["config"], rows, float(rows["reads_week"].median()))',
        ),
    ),
    CODE.shift(
        "premium_above",
        "boundary-operator",
        "features",
        "a price of exactly the premium price no longer counts as premium",
        ('out["price"] >= config["premium_price"]', 'out["price"] > config["premium_price"]'),
    ),
    CODE.shift(
        "last_review",
        "duplicate-side",
        "split",
        "of accounts that were reviewed twice the later row is kept, which moves them towards the test",
        ('drop_duplicates("account", keep="first")', 'drop_duplicates("account", keep="last")'),
    ),
    CODE.shift(
        "payer_filled_in_place",
        "dropped-copy",
        "contracts",
        "the payer is filled in the caller's own frame; no answer changes",
        (
            '    out = rows.copy()\n    out["reads_unknown"]',
            '    rows["payer"] = rows["payer"].fillna("unknown")\n    out = rows.copy()\n    out["reads_unknown"]',
        ),
    ),
    CODE.shift(
        "rounded_probability",
        "rounded-answer",
        "predict",
        "probabilities are rounded for the report inside predict",
        ("(features_from_data(model, rows))[:, 1]", "(features_from_data(model, rows))[:, 1].round(3)"),
    ),
    CODE.shift(
        "loose_tolerance",
        "solver-tolerance",
        "train",
        "the solver's tolerance is raised to save a few steps",
        ('tol=config["tol"]', "tol=0.05"),
    ),
    CODE.shift(
        "threshold_hard_coded",
        "setting-hard-coded",
        "predict",
        "the threshold is frozen at the value that the configuration has today",
        ('(probability >= model["config"]["threshold"])', "(probability >= 0.45)"),
    ),
    CODE.shift(
        "auc_of_calls",
        "metric-input",
        "evaluate",
        "the ranking metric is computed on the calls and not on the probabilities",
        ('roc_auc_score(churned, predictions["probability"])', 'roc_auc_score(churned, predictions["call"])'),
    ),
    CODE.keep(
        "assign_chain",
        "pandas-rewrite",
        "features as one chain of assignments, log1p spelled as the logarithm of one more",
        (
            """    out = rows.copy()
    out["reads_unknown"] = out["reads_week"].isna().astype(float)
    out["reads_week"] = out["reads_week"].fillna(reads_fill)
    out["log_reads"] = np.log1p(out["reads_week"].clip(lower=0.0))
    out["price_per_read"] = out["price"] / out["reads_week"].clip(lower=0.5)
    out["is_new"] = (out["months"] < config["new_months"]).astype(float)
    out["is_premium"] = (out["price"] >= config["premium_price"]).astype(float)
    out["payer"] = out["payer"].where(out["payer"].notna(), "unknown").astype(object)
    return out[NUMERIC + CATEGORICAL]""",
            """    reads = rows["reads_week"].fillna(reads_fill)
    return rows.assign(
        reads_unknown=1.0 * rows["reads_week"].isna(),
        log_reads=np.log(1.0 + np.maximum(reads, 0.0)),
        price_per_read=rows["price"] / np.maximum(reads, 0.5),
        is_new=1.0 * (rows["months"] < config["new_months"]),
        is_premium=1.0 * (rows["price"] >= config["premium_price"]),
        payer=rows["payer"].astype(object).fillna("unknown"),
    )[NUMERIC + CATEGORICAL]""",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "sigmoid_by_hand",
        "formula-by-hand",
        "the probability as the sigmoid of the decision function, through the hyperbolic tangent",
        (
            'probability = model["classifier"].predict_proba(features_from_data(model, rows))[:, 1]',
            'logit = model["classifier"].decision_function(features_from_data(model, rows))\n'
            "    probability = 0.5 * (1.0 + np.tanh(0.5 * logit))",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "pipeline_object",
        "pipeline",
        "preprocessor and classifier live in one Pipeline",
        (
            '    classifier.fit(design, rows["churned"])\n',
            '    classifier.fit(design, rows["churned"])\n'
            '    pipeline = Pipeline([("preprocessor", preprocessor), ("classifier", classifier)])\n',
        ),
        (
            '"reads_fill": reads_fill, "preprocessor": preprocessor, "classifier": classifier}',
            '"reads_fill": reads_fill, "pipeline": pipeline}',
        ),
        ('return model["preprocessor"].transform', 'return model["pipeline"]["preprocessor"].transform'),
        ('model["classifier"].predict_proba', 'model["pipeline"]["classifier"].predict_proba'),
        ("from sklearn.preprocessing", "from sklearn.pipeline import Pipeline\nfrom sklearn.preprocessing"),
        moves_bits=False,
    ),
)
