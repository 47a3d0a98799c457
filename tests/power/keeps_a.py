"""True refactors of the churn, homes, shops, plays, reviews, pumps, iris and wine code."""

from __future__ import annotations

from tests.power.code_a import keep

KEEPS = (
    keep(
        "Churn",
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
    keep(
        "Churn",
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
    keep(
        "Churn",
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
    keep(
        "HousePrices",
        "einsum_for_matmul",
        "einsum",
        "the dot product written as einsum",
        (
            'features_from_data(model, sales).to_numpy() @ model["coefficients"] + model["intercept"]',
            'np.einsum("rf,f->r", features_from_data(model, sales), model["coefficients"]) + model["intercept"]',
        ),
        moves_bits=True,
    ),
    keep(
        "HousePrices",
        "difference_of_logs",
        "algebra",
        "the logarithm of a ratio as a difference of logarithms",
        (
            'level = np.log(sales["price"] / sales["area"])',
            'level = np.log(sales["price"]) - np.log(sales["area"])',
        ),
        moves_bits=True,
    ),
    keep(
        "HousePrices",
        "extracted_band",
        "extract-function",
        "the residual band moves into a function of its own",
        (
            "def train_from_data(",
            "def residual_band(residuals: np.ndarray, interval: float) -> np.ndarray:\n"
            '    """The residuals between which most sales fall."""\n'
            "    tail = (1.0 - interval) / 2.0\n"
            "    return np.quantile(residuals, [tail, 1.0 - tail])\n\n\ndef train_from_data(",
        ),
        ('    tail = (1.0 - config["interval"]) / 2.0\n', ""),
        (
            '"band": np.quantile(residuals, [tail, 1.0 - tail]),',
            '"band": residual_band(residuals, config["interval"]),',
        ),
        moves_bits=False,
    ),
    keep(
        "Demand",
        "lookup_by_dictionary",
        "index-for-dictionary",
        "lags are looked up in a dictionary and not through an index",
        (
            """    wanted = pd.MultiIndex.from_arrays([rows["shop"], rows["day"] - pd.Timedelta(days=days)])
    known = history.set_index(["shop", "day"])["sold"]
    return pd.Series(known.reindex(wanted).to_numpy(dtype=float), index=rows.index)""",
            """    known = dict(zip(zip(history["shop"], history["day"], strict=True), history["sold"], strict=True))
    earlier = rows["day"] - pd.Timedelta(days=days)
    found = [known.get(key, np.nan) for key in zip(rows["shop"], earlier, strict=True)]
    return pd.Series(found, index=rows.index, dtype=float)""",
        ),
        moves_bits=False,
    ),
    keep(
        "Demand",
        "scaled_by_reciprocal",
        "reciprocal",
        "the usual day is multiplied in before the negative forecasts are cut, through its reciprocal",
        ("np.maximum(share * usual, 0.0)", "np.maximum(share, 0.0) / (1.0 / usual)"),
        moves_bits=True,
    ),
    keep(
        "Ratings",
        "inverse_for_solve",
        "solver-swap",
        "the small systems are solved through their inverse",
        (
            "np.linalg.solve(left, known.T @ (1.0 + weights[seen]))",
            "np.linalg.inv(left) @ (known.T @ (1.0 + weights[seen]))",
        ),
        moves_bits=True,
    ),
    keep(
        "Ratings",
        "crosstab_by_bincount",
        "loop-to-vector",
        "the table of plays is filled by counting flat positions",
        (
            """    plays = np.zeros((len(users), len(catalogue)))
    rows = np.searchsorted""",
            "    rows = np.searchsorted",
        ),
        (
            '    np.add.at(plays, (rows, columns), events["plays"].to_numpy(dtype=float))',
            """    shape = (len(users), len(catalogue))
    flat = np.ravel_multi_index((rows, columns), shape)
    plays = np.bincount(flat, weights=events["plays"], minlength=shape[0] * shape[1]).reshape(shape)""",
        ),
        moves_bits=False,
    ),
    keep(
        "Ratings",
        "gram_by_outer_sums",
        "sum-order",
        "the weighted products are added up item by item",
        (
            "        left = gram + known.T @ (weights[seen][:, None] * known)\n",
            "        left = gram.copy()\n"
            "        for vector, weight in zip(known, weights[seen], strict=True):\n"
            "            left += weight * np.outer(vector, vector)\n",
        ),
        moves_bits=True,
    ),
    keep(
        "Reviews",
        "loop_for_comprehension",
        "comprehension-to-loop",
        "accents are dropped through a translation of combining marks",
        (
            '    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))\n',
            "    letters = []\n"
            "    for letter in folded:\n"
            "        if unicodedata.combining(letter) == 0:\n"
            "            letters.append(letter)\n"
            '    plain = "".join(letters)\n',
        ),
        moves_bits=False,
    ),
    keep(
        "Reviews",
        "scores_by_hand",
        "api-by-hand",
        "the decision function as a product with the coefficients, row by row",
        (
            '    scores = model["classifier"].decision_function(features_from_data(model, reviews))\n',
            '    ridge, design = model["classifier"], features_from_data(model, reviews)\n'
            "    scores = np.array([(ridge.coef_ * row).sum(axis=1) + ridge.intercept_ for row in design])\n",
        ),
        moves_bits=True,
    ),
    keep(
        "Survival",
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
    keep(
        "Survival",
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
    keep(
        "RealIris",
        "norm_for_root",
        "library-call",
        "distances by numpy's norm, and shares through one factor per row",
        ("np.sqrt((offsets * offsets).sum(axis=2))", "np.linalg.norm(offsets, axis=2)"),
        (
            "        return shares / shares.sum(axis=1, keepdims=True)",
            "        return shares * (1.0 / shares.sum(axis=1, keepdims=True))",
        ),
        moves_bits=True,
    ),
    keep(
        "RealWine",
        "softmax_by_hand",
        "softmax",
        "probabilities as the softmax of the decision function",
        (
            "    probabilities = model.predict_proba(analyses[list(model.feature_names_in_)])\n",
            "    scores = model.decision_function(analyses[list(model.feature_names_in_)])\n"
            "    weights = np.exp(scores - scores.mean(axis=1, keepdims=True))\n"
            "    probabilities = weights / weights.sum(axis=1, keepdims=True)\n",
        ),
        moves_bits=True,
    ),
)
