"""What may happen to examples/reviews/opinion.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("Reviews", "examples/reviews/opinion.py")

VARIANTS = (
    CODE.shift(
        "lower_for_casefold",
        "case-folding",
        "features",
        "lower() instead of casefold(), so that shouted and spoken sharp s part",
        ("text.casefold()", "text.lower()"),
    ),
    CODE.shift(
        "missing_is_a_word",
        "missing-as-text",
        "features",
        "a missing text becomes the text `nan`",
        (
            '[text if isinstance(text, str) else "" for text in reviews["text"]]',
            '[str(text) for text in reviews["text"]]',
        ),
    ),
    CODE.shift(
        "linear_counts",
        "dropped-argument",
        "features",
        "the sublinear weight of repeated words is no longer passed on",
        ('        sublinear_tf=config["sublinear_tf"],\n', ""),
    ),
    CODE.shift(
        "margin_to_the_last",
        "wrong-index",
        "predict",
        "doubt compares the best score with the worst and not with the second",
        ("ordered[:, -1] - ordered[:, -2]", "ordered[:, -1] - ordered[:, 0]"),
    ),
    CODE.shift(
        "weighted_f1",
        "metric-average",
        "evaluate",
        "the score per opinion is weighted by how frequent it is",
        ('average="macro"', 'average="weighted"'),
    ),
    CODE.shift(
        "cached_by_length",
        "stale-cache",
        "predict",
        "features are cached by the number of reviews, so that another batch of equal length gets old ones",
        ("def features_from_data(", "_CACHE: dict[int, np.ndarray] = {}\n\n\ndef features_from_data("),
        (
            '    return np.hstack([words, extra_features(model["config"], reviews)])',
            '    fresh = np.hstack([words, extra_features(model["config"], reviews)])\n'
            "    return _CACHE.setdefault(len(reviews), fresh)",
        ),
    ),
    CODE.keep(
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
    CODE.keep(
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
)
