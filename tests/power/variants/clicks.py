"""What may happen to examples/clicks/ranker.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("Clicks", "examples/clicks/ranker.py")

VARIANTS = (
    CODE.shift(
        "built-in-hash",
        "process-hash",
        "features",
        "tokens are placed by Python's own hash",
        ('zlib.crc32(token.encode("utf-8"))', "hash(token)"),
    ),
    CODE.shift(
        "penalised-bias",
        "penalty-scope",
        "train",
        "the penalty also holds down the bias",
        ("    penalty[0] = 0.0\n", ""),
    ),
    CODE.shift(
        "missing-as-text",
        "missing-as-text",
        "features",
        "a missing category becomes the text that pandas prints for it",
        ("MISSING if pd.isna(row[name]) else str(row[name])", "str(row[name])"),
    ),
    CODE.shift(
        "price-saved-rounded",
        "bundle-precision",
        "contracts",
        "the bundle keeps the reference price in whole euro",
        (
            '"typical_price": model["typical_price"], "losses"',
            '"typical_price": round(model["typical_price"]), "losses"',
        ),
    ),
    CODE.shift(
        "brand-filled-in-place",
        "input-mutation",
        "contracts",
        "missing brands are filled in the caller's own table",
        (
            '    hashed = np.zeros((len(rows), config["buckets"]))',
            '    rows["brand"] = rows["brand"].fillna(MISSING)\n    hashed = np.zeros((len(rows), config["buckets"]))',
        ),
    ),
    CODE.shift(
        "ranks-from-two",
        "rank-offset",
        "evaluate",
        "the discount of the first place is that of the second",
        ("np.arange(2, top + 2)", "np.arange(3, top + 3)"),
    ),
    CODE.keep(
        "einsum-curvature",
        "einsum-for-matmul",
        "the curvature is one einsum",
        (
            "(design.T * (probability * (1.0 - probability))) @ design",
            'np.einsum("ni,n,nj->ij", design, probability * (1.0 - probability), design)',
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "stable-sigmoid",
        "equivalent-formula",
        "the sigmoid goes through logaddexp, which cannot overflow",
        ("1.0 / (1.0 + np.exp(-scores))", "np.exp(-np.logaddexp(0.0, -scores))"),
        moves_bits=True,
    ),
    CODE.keep(
        "natural-logarithm",
        "equivalent-formula",
        "discounts use the natural logarithm, whose factor the ratio cancels",
        ("np.log2(", "np.log("),
    ),
    CODE.keep(
        "renamed-bucket",
        "rename",
        "a function is renamed",
        ("def bucket(token: str", "def place_token(token: str"),
        ("place, sign = bucket(", "place, sign = place_token("),
    ),
)
