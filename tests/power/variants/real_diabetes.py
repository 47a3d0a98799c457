"""What may happen to examples/real_diabetes/progression.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("RealDiabetes", "examples/real_diabetes/progression.py")

VARIANTS = (
    CODE.shift(
        "sample-deviation",
        "ddof",
        "train",
        "measurements are scaled by the deviation of a sample",
        ("features.std(ddof=0)", "features.std()"),
    ),
    CODE.shift(
        "measured-by-position",
        "columns-by-position",
        "contracts",
        "measurements are taken by their position in the table",
        ("rows[list(MEASURED)]", "rows.iloc[:, [0, 2, 3, 4, 5, 6, 7, 8, 9]]"),
    ),
    CODE.keep(
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
)
