"""True refactors of the fraud, clicks, sensors, segments, digits and credit code and of three on real data."""

from __future__ import annotations

from tests.power.code_b import keep

KEEPS = (
    keep(
        "Fraud",
        "vector-lookup",
        "loop-to-vector",
        "risks are looked up by a mapping and a fill value instead of a function",
        (
            'rows["category"].map(lambda name: reference["risk"].get(name, overall))',
            'rows["category"].map(reference["risk"]).fillna(overall)',
        ),
    ),
    keep(
        "Fraud",
        "log-of-one-more",
        "equivalent-formula",
        "the logarithm is spelled out",
        ('np.log1p(rows["amount"].clip(lower=0.0))', 'np.log(1.0 + rows["amount"].clip(lower=0.0))'),
        moves_bits=True,
    ),
    keep(
        "Clicks",
        "einsum-curvature",
        "einsum-for-matmul",
        "the curvature is one einsum",
        (
            "(design.T * (probability * (1.0 - probability))) @ design",
            'np.einsum("ni,n,nj->ij", design, probability * (1.0 - probability), design)',
        ),
        moves_bits=True,
    ),
    keep(
        "Clicks",
        "stable-sigmoid",
        "equivalent-formula",
        "the sigmoid goes through logaddexp, which cannot overflow",
        ("1.0 / (1.0 + np.exp(-scores))", "np.exp(-np.logaddexp(0.0, -scores))"),
        moves_bits=True,
    ),
    keep(
        "Clicks",
        "natural-logarithm",
        "equivalent-formula",
        "discounts use the natural logarithm, whose factor the ratio cancels",
        ("np.log2(", "np.log("),
    ),
    keep(
        "Clicks",
        "renamed-bucket",
        "rename",
        "a function is renamed",
        ("def bucket(token: str", "def place_token(token: str"),
        ("place, sign = bucket(", "place, sign = place_token("),
    ),
    keep(
        "Sensors",
        "reciprocal-width",
        "division-to-product",
        "deviations are multiplied by the reciprocal width",
        ("((channels[channel] - middle) / width)", "((channels[channel] - middle) * (1.0 / width))"),
        moves_bits=True,
    ),
    keep(
        "Sensors",
        "numpy-farthest",
        "pandas-to-numpy",
        "the farthest channel is found in NumPy",
        (
            "features[list(CHANNELS)].abs().max(axis=1)",
            "np.abs(features[list(CHANNELS)].to_numpy()).max(axis=1)",
        ),
    ),
    keep(
        "Segments",
        "expanded-square",
        "equivalent-formula",
        "distances come from squares and one product instead of differences",
        (
            "((points[:, None, :] - model.centres[None, :, :]) ** 2).sum(axis=2)",
            "(points**2).sum(axis=1)[:, None] - 2.0 * points @ model.centres.T + (model.centres**2).sum(axis=1)",
        ),
        moves_bits=True,
    ),
    keep(
        "Segments",
        "weights-first",
        "reordered-product",
        "scale and weight become one factor",
        (
            "(habits.to_numpy(dtype=float) - mean) / scale * weights",
            "(habits.to_numpy(dtype=float) - mean) * (weights / scale)",
        ),
        moves_bits=True,
    ),
    keep(
        "Digits",
        "einsum-forward",
        "einsum-for-matmul",
        "hidden activations are an einsum",
        (
            'np.tanh(inputs @ weights["w1"] + weights["b1"])',
            'np.tanh(np.einsum("ni,ij->nj", inputs, weights["w1"]) + weights["b1"])',
        ),
        moves_bits=True,
    ),
    keep(
        "Digits",
        "in-place-speed",
        "in-place-update",
        "speed and weights are updated in their own memory",
        (
            '            speed[name] = config["momentum"] * speed[name] - config["rate"] * slope[name]\n'
            "            weights[name] = weights[name] + speed[name]\n",
            '            speed[name] *= config["momentum"]\n'
            '            speed[name] -= config["rate"] * slope[name]\n'
            "            weights[name] += speed[name]\n",
        ),
    ),
    keep(
        "Credit",
        "digitize",
        "library-function",
        "bins come from `np.digitize`",
        (
            'np.searchsorted(ordered, values.to_numpy(dtype=float), side="right").astype(float)',
            "np.digitize(values.to_numpy(dtype=float), ordered, right=False).astype(float)",
        ),
    ),
    keep(
        "Credit",
        "risk-from-score",
        "equivalent-formula",
        "the risk is computed from the score of the boosting",
        (
            'model["boosting"].predict_proba(features_from_data(model, rows).to_numpy())[:, 1]',
            '1.0 / (1.0 + np.exp(-model["boosting"].decision_function(features_from_data(model, rows).to_numpy())))',
        ),
    ),
    keep(
        "RealBreastCancer",
        "two-bounds",
        "library-function",
        "clipping is a minimum and a maximum",
        (
            "np.clip(self._derive(X), self.lower_, self.upper_)",
            "np.minimum(np.maximum(self._derive(X), self.lower_), self.upper_)",
        ),
    ),
    keep(
        "RealBreastCancer",
        "log-of-one-more",
        "equivalent-formula",
        "the logarithm is spelled out",
        ("np.log1p(X[name])", "np.log(1.0 + X[name])"),
        moves_bits=True,
    ),
    keep(
        "RealDiabetes",
        "kernel-by-hand",
        "library-to-numpy",
        "predictions are the kernel times the dual coefficients, written out",
        (
            'model["ridge"].predict(features)',
            '(model["config"]["gamma"] * features @ model["ridge"].X_fit_.T + 1) ** model["config"]["polynomial"]'
            ' @ model["ridge"].dual_coef_',
        ),
        moves_bits=True,
    ),
    keep(
        "RealDigits",
        "projection-by-hand",
        "library-to-numpy",
        "images are projected by one product",
        (
            "self.components.transform(darken(rows[self.pixels]))",
            "(darken(rows[self.pixels]) - self.components.mean_) @ self.components.components_.T",
        ),
        moves_bits=True,
    ),
)
"""Behaviour that holds."""
