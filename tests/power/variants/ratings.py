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
)
