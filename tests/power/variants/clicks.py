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
        hidden=True,
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
        hidden=True,
    ),
    CODE.shift(
        "ranks-from-two",
        "rank-offset",
        "evaluate",
        "the discount of the first place is that of the second",
        ("np.arange(2, top + 2)", "np.arange(3, top + 3)"),
    ),
    CODE.shift(
        "always-signed",
        "setting-hard-coded",
        "features",
        "tokens are always signed, as they are configured to be today",
        ('sign if config["signed"] else 1.0', "sign"),
        hidden=True,
    ),
    CODE.shift(
        "stripped-text",
        "text-normalised",
        "predict",
        "blanks around a category are cut off on the way to its token, which no category of the tables has",
        ("else str(row[name]) for name", "else str(row[name]).strip() for name"),
        hidden=True,
    ),
    CODE.shift(
        "flat-loss",
        "stopping-rule",
        "train",
        "Newton stops where the loss no longer falls visibly, and not where the gradient is flat",
        (
            "        if np.abs(gradient).max() < tol:\n",
            "        if len(losses) > 1 and losses[-2] - losses[-1] < 1e-2:\n",
        ),
    ),
    CODE.shift(
        "loss-by-session",
        "metric-average",
        "evaluate",
        "the loss is the mean of the sessions' means, so that short sessions weigh more",
        (
            "np.log1p(-probability)).mean()",
            'np.log1p(-probability))\n    loss = pd.Series(loss).groupby(rows["session"].to_numpy()).mean().mean()',
        ),
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
    CODE.keep(
        "sparse-buckets",
        "sparse-for-dense",
        "tokens are collected as coordinates of a sparse matrix, which adds up those that meet",
        (
            """    hashed = np.zeros((len(rows), config["buckets"]))
    for number""",
            """    numbers, places, signs = [], [], []
    for number""",
        ),
        (
            """            hashed[number, place] += sign if config["signed"] else 1.0
    return hashed
""",
            """            numbers.append(number)
            places.append(place)
            signs.append(sign if config["signed"] else 1.0)
    return csr_matrix((signs, (numbers, places)), shape=(len(rows), config["buckets"])).toarray()
""",
        ),
        ("import yaml\n", "import yaml\nfrom scipy.sparse import csr_matrix\n"),
    ),
    CODE.keep(
        "cached-places",
        "pure-cache",
        "the place of a token is remembered by token and number of buckets",
        ("def bucket(token", "@cache\ndef bucket(token"),
        ("import zlib\n", "import zlib\nfrom functools import cache\n"),
    ),
    CODE.keep(
        "cholesky-step",
        "solver-swap",
        "the Newton step comes from a Cholesky factor, and the curvature from the root of its weights",
        ("np.linalg.solve(curvature, gradient)", "cho_solve(cho_factor(curvature), gradient)"),
        (
            "(design.T * (probability * (1.0 - probability))) @ design + np.diag(penalty)",
            "halved.T @ halved + np.diag(penalty)",
        ),
        (
            "        curvature = ",
            "        halved = design * np.sqrt(probability * (1.0 - probability))[:, None]\n        curvature = ",
        ),
        ("import yaml\n", "import yaml\nfrom scipy.linalg import cho_factor, cho_solve\n"),
        moves_bits=True,
    ),
    CODE.keep(
        "gradient-in-blocks",
        "blocking",
        "the gradient is added up over blocks of rows that fit into the cache",
        (
            "        gradient = design.T @ (probability - clicked) + penalty * weights\n",
            "        gradient = penalty * weights\n"
            "        for start in range(0, len(design), 64):\n"
            "            block = slice(start, start + 64)\n"
            "            gradient = gradient + design[block].T @ (probability[block] - clicked[block])\n",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "log-of-quotient",
        "algebra",
        "the distance from the typical price is the logarithm of one quotient",
        ("np.log1p(price) - np.log1p(typical_price)", "np.log((1.0 + price) / (1.0 + typical_price))"),
        moves_bits=True,
    ),
    CODE.shift(
        "columns-hard-coded",
        "list-hard-coded",
        "features",
        "the crossed pairs are those of today's configuration, written into the code",
        ('for pair in config["crosses"]', 'for pair in [("query", "brand")]'),
        hidden=True,
    ),
)
