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
        hidden=True,
    ),
    CODE.shift(
        "pairs_across_articles",
        "step-order",
        "features",
        "pairs of neighbours are made before articles are left out",
        (
            "    words = [word for word in WORD.findall(plain) if word not in ARTICLES]\n",
            "    every = WORD.findall(plain)\n    words = [word for word in every if word not in ARTICLES]\n",
        ),
        ("pairwise(words)", "pairwise(every)"),
    ),
    CODE.shift(
        "margin_in_the_code",
        "setting-hard-coded",
        "predict",
        "the margin of doubt is today's setting, written into the code",
        ('model["config"]["doubt_margin"]', "0.15"),
        hidden=True,
    ),
    CODE.shift(
        "blank_is_one_space",
        "whitespace-rule",
        "predict",
        "words of a long text are counted by single spaces, so that a tab joins two and a double blank makes one more",
        ('len(text.split()) >= config["long_words"]', 'len(text.split(" ")) >= config["long_words"]'),
        hidden=True,
    ),
    CODE.shift(
        "usual_opinion_remembered",
        "state-outside-bundle",
        "contracts",
        "the usual opinion is remembered by the module and no longer by the model, which a saved one cannot know",
        ("def texts_of(", "_USUAL: dict[str, str] = {}\n\n\ndef texts_of("),
        (
            '"classifier": classifier, "usual": str(usual)}',
            '"classifier": classifier}',
        ),
        (
            '    usual = worded["opinion"].value_counts().sort_index().idxmax()\n',
            '    _USUAL["opinion"] = str(worded["opinion"].value_counts().sort_index().idxmax())\n',
        ),
        ('np.where(wordless, model["usual"], best)', 'np.where(wordless, _USUAL.get("opinion", "mixed"), best)'),
        hidden=True,
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
    CODE.keep(
        "ridge_in_numpy",
        "library-to-numpy",
        "the classifier becomes a small class that solves the normal equations of the centred design",
        (
            "def train_from_data(",
            '''class Opinions:
    """Ridge regression on one target of plus and minus one for each opinion."""

    def __init__(self, alpha: float) -> None:
        self.alpha = alpha

    def fit(self, design: np.ndarray, opinion: pd.Series) -> Opinions:
        """Solve for all opinions at once; design has shape (rows, features)."""
        self.classes_, codes = np.unique(opinion.to_numpy(dtype=str), return_inverse=True)
        goals = 2.0 * np.eye(len(self.classes_))[codes] - 1.0
        centred = design - design.mean(axis=0)
        gram = centred.T @ centred + self.alpha * np.eye(design.shape[1])
        self.coef_ = np.linalg.solve(gram, centred.T @ (goals - goals.mean(axis=0))).T
        self.intercept_ = goals.mean(axis=0) - self.coef_ @ design.mean(axis=0)
        return self

    def decision_function(self, design: np.ndarray) -> np.ndarray:
        """Score of each opinion; shape (rows, opinions)."""
        return design @ self.coef_.T + self.intercept_


def train_from_data(''',
        ),
        ('RidgeClassifier(alpha=config["alpha"], solver="cholesky")', 'Opinions(config["alpha"])'),
        moves_bits=True,
    ),
    CODE.keep(
        "tokens_cached",
        "cached-pure-call",
        "the words of a text are remembered, as a text is tokenised more than once",
        ("import argparse\nimport json\n", "import argparse\nimport functools\nimport json\n"),
        ("def tokenise(text: str) -> list[str]:", "@functools.cache\ndef tokenise(text: str) -> tuple[str, ...]:"),
        (
            '    return words + [f"{left}_{right}" for left, right in pairwise(words)]',
            '    return (*words, *(f"{left}_{right}" for left, right in pairwise(words)))',
        ),
    ),
    CODE.keep(
        "norm_by_hand",
        "library-to-numpy",
        "rows of word weights are brought to length one outside the vectoriser",
        ('        norm="l2",\n', "        norm=None,\n"),
        (
            "    words = vectoriser.fit_transform(texts_of(worded)).toarray()\n",
            "    words = unit_length(vectoriser.fit_transform(texts_of(worded)).toarray())\n",
        ),
        (
            '    words = model["vectoriser"].transform(texts_of(reviews)).toarray()\n',
            '    words = unit_length(model["vectoriser"].transform(texts_of(reviews)).toarray())\n',
        ),
        (
            "def train_from_data(",
            "def unit_length(weights: np.ndarray) -> np.ndarray:\n"
            '    """Rows of length one; a row without words stays as it is."""\n'
            '    lengths = np.sqrt(np.einsum("ij,ij->i", weights, weights))\n'
            "    return weights / np.where(lengths > 0, lengths, 1.0)[:, None]\n\n\n"
            "def train_from_data(",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "sparse_words",
        "dense-to-sparse",
        "words stay a sparse matrix until the scores",
        (
            '    words = model["vectoriser"].transform(texts_of(reviews)).toarray()\n'
            '    return np.hstack([words, extra_features(model["config"], reviews)])',
            '    words = model["vectoriser"].transform(texts_of(reviews))\n'
            '    return sparse.hstack([words, extra_features(model["config"], reviews)]).tocsr()',
        ),
        (
            "import pandas as pd\nfrom sklearn.feature",
            "import pandas as pd\nfrom scipy import sparse\nfrom sklearn.feature",
        ),
        (
            "def features_from_data(model: dict[str, Any], reviews: pd.DataFrame) -> np.ndarray:",
            "def features_from_data(model: dict[str, Any], reviews: pd.DataFrame) -> sparse.csr_matrix:",
        ),
        moves_bits=True,
    ),
    CODE.shift(
        "canonical_only",
        "case-folding",
        "predict",
        "letters are taken apart canonically only, so that a ligature is no longer two letters",
        ('"NFKD"', '"NFD"'),
        hidden=True,
    ),
)
