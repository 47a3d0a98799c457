"""What may happen to examples/ratings/recommend.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("Ratings", "examples/ratings/recommend.py")

VARIANTS = (
    CODE.shift(
        "plays_unweighted",
        "weighting-lost",
        "features",
        "shares of genres count items and no longer plays",
        ('values="plays", aggfunc="sum"', 'values="plays", aggfunc="count"'),
    ),
    CODE.shift(
        "last_plays_only",
        "aggregation-swapped",
        "split",
        "repeated visits keep their largest count and are not added up",
        ('plays=("plays", "sum")', 'plays=("plays", "max")'),
    ),
    CODE.shift(
        "ties_reversed",
        "unstable-sort",
        "predict",
        "a sort without a promise about ties, turned round: equal scores come by falling item number",
        (
            'np.argsort(-np.round(scores, 6), kind="stable")[: model["config"]["top_k"]]',
            'np.argsort(np.round(scores, 6), kind="stable")[::-1][: model["config"]["top_k"]]',
        ),
    ),
    CODE.shift(
        "one_round_less",
        "loop-bound",
        "train",
        "the alternation stops one round early",
        ('range(config["iterations"])', 'range(1, config["iterations"])'),
    ),
    CODE.shift(
        "nearest_user",
        "key-as-position",
        "predict",
        "a user number is looked up without checking that it is known",
        (
            '    return place if place < len(model["users"]) and model["users"][place] == user else None',
            '    return place if place < len(model["users"]) else None',
        ),
        hidden=True,
    ),
    CODE.shift(
        "narrow_bundle",
        "save-narrows-dtype",
        "contracts",
        "the bundle stores the users' factors in half precision",
        (
            '    np.savez(folder / "factors.npz", **{',
            '    model = {**model, "user_factors": model["user_factors"].astype(np.float16)}\n'
            '    np.savez(folder / "factors.npz", **{',
        ),
        hidden=True,
    ),
    CODE.shift(
        "shown_is_seen",
        "state-in-model",
        "predict",
        "what was recommended is marked as seen in the model, so that a second question gets another answer",
        (
            "        for rank, place in enumerate(best, start=1):",
            "        known = user_position(model, int(user))\n"
            "        if known is not None:\n"
            '            model["seen"][known, best] = True\n'
            "        for rank, place in enumerate(best, start=1):",
        ),
    ),
    CODE.shift(
        "unknown_is_long",
        "negated-comparison",
        "train",
        "long items are those that are not short, and so are those of unknown length",
        (
            '(catalogue["minutes"] >= config["long_minutes"]).to_numpy()',
            '~(catalogue["minutes"] < config["long_minutes"]).to_numpy()',
        ),
    ),
    CODE.shift(
        "scores_by_user",
        "cache-too-coarse",
        "predict",
        "scores are remembered by user, whichever model is asked",
        (
            "        scores = item_scores(model, int(user))\n",
            "        if user not in SCORES:\n"
            "            SCORES[user] = item_scores(model, int(user))\n"
            "        scores = SCORES[user]\n",
        ),
        ("def load_tables(", "SCORES: dict[int, np.ndarray] = {}\n\n\ndef load_tables("),
        hidden=True,
    ),
    CODE.shift(
        "bundle_without_lengths",
        "save-forgets-field",
        "contracts",
        "the bundle leaves out which items are too long, and loading takes none for it",
        ('if name != "config"})', 'if name not in ("config", "too_long")})'),
        ('encoding="utf-8")), **arrays}', 'encoding="utf-8")), **arrays, "too_long": False * arrays["items"]}'),
        hidden=True,
    ),
    CODE.shift(
        "newcomers_like_long",
        "condition-scope",
        "predict",
        "long items are moved back for known users only",
        (
            '        scores = np.where(model["seen"][place], -np.inf, scores)\n'
            '    return scores - config["long_penalty"] * model["too_long"]',
            '        scores = np.where(model["seen"][place], -np.inf, scores)\n'
            '        scores = scores - config["long_penalty"] * model["too_long"]\n'
            "    return scores",
        ),
    ),
    CODE.keep(
        "inverse_for_solve",
        "solver-swap",
        "the small systems are solved through their inverse",
        (
            "np.linalg.solve(left, known.T @ (1.0 + weights[seen]))",
            "np.linalg.inv(left) @ (known.T @ (1.0 + weights[seen]))",
        ),
        moves_bits=True,
    ),
    CODE.keep(
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
    CODE.keep(
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
    CODE.keep(
        "scores_in_batch",
        "loop-to-matrix",
        "the scores of all known users are one product, made when the model is trained",
        (
            '        "users": users,\n',
            '        "users": users,\n        "affinity": user_factors @ item_factors.T,\n',
        ),
        (
            'model["item_factors"] @ model["user_factors"][place] + config["genre_weight"] * liked',
            'model["affinity"][place] + config["genre_weight"] * liked',
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "stacked_solve",
        "loop-to-vector",
        "the systems of all rows are set up by einsum and solved as one stack",
        (
            """    solved = np.zeros((len(confidence), other.shape[1]))
    for row, weights in enumerate(confidence):
        seen = np.flatnonzero(weights)
        if len(seen) == 0:
            continue
        known = other[seen]
        left = gram + known.T @ (weights[seen][:, None] * known)
        solved[row] = np.linalg.solve(left, known.T @ (1.0 + weights[seen]))
    return solved
""",
            """    left = gram + np.einsum("rk,ki,kj->rij", confidence, other, other)
    right = np.where(confidence > 0, 1.0 + confidence, 0.0) @ other
    return np.linalg.solve(left, right[:, :, None])[:, :, 0]
""",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "lexical_order",
        "sort-rewritten",
        "items are ordered by score and then by place in one lexical sort",
        (
            'np.argsort(-np.round(scores, 6), kind="stable")[',
            "np.lexsort((np.arange(len(scores)), -np.round(scores, 6)))[",
        ),
    ),
    CODE.keep(
        "narrow_codes",
        "integer-width",
        "genre codes are kept in bytes and known users in 32 bits, since both are small",
        ("np.asarray(codes.codes, dtype=np.int64)", "np.asarray(codes.codes, dtype=np.int8)"),
        ('        "users": users,\n', '        "users": users.astype(np.int32),\n'),
    ),
    CODE.keep(
        "gram_from_stack",
        "einsum",
        "the products of all factors are one einsum, the penalty added on its diagonal in place",
        (
            "    gram = other.T @ other + regularisation * np.eye(other.shape[1])\n",
            '    gram = np.einsum("ki,kj->ij", other, other)\n    gram.flat[:: other.shape[1] + 1] += regularisation\n',
        ),
        moves_bits=True,
    ),
    CODE.shift(
        "start-by-shape",
        "cache-too-coarse",
        "train",
        "the random start is remembered by its shape",
        (
            '    item_factors = np.random.RandomState(config["seed"]).normal(0.0, 0.3, (len(catalogue), '
            'config["factors"]))\n',
            '    shape = (len(catalogue), config["factors"])\n'
            '    item_factors = STARTS.setdefault(shape, np.random.RandomState(config["seed"]).normal(0.0, 0.3, '
            "shape))\n",
        ),
        ("def load_tables(", "STARTS: dict[tuple[int, int], np.ndarray] = {}\n\n\ndef load_tables("),
        hidden=True,
    ),
    CODE.shift(
        "start-hard-coded",
        "seed-hard-coded",
        "train",
        "the random start is drawn with today's seed, whatever the configuration says",
        ('RandomState(config["seed"])', "RandomState(5)"),
        hidden=True,
    ),
)
