"""What may happen to examples/tickets/advise.py: shifts first, then true refactors."""

from __future__ import annotations

from tests.power.variant import Code

CODE = Code("Tickets", "examples/tickets/advise.py")

VARIANTS = (
    CODE.shift(
        "scores_reversed",
        "score-sign",
        "predict",
        "scores of articles are turned into distances of twice the size",
        (
            "articles=[(int(desk.articles[place]), float(scores[place]))",
            "articles=[(int(desk.articles[place]), -2.0 * float(scores[place]))",
        ),
    ),
    CODE.shift(
        "farthest_first",
        "nested-order",
        "predict",
        "similar tickets are listed from the last to the first",
        (
            "    return [int(desk.tickets[own[place]]) for place in near]",
            "    return [int(desk.tickets[own[place]]) for place in reversed(near)]",
        ),
    ),
    CODE.shift(
        "similar_by_number",
        "nested-misaligned",
        "predict",
        "similar tickets follow the numbers of the articles and no longer their order",
        (
            "similar=[similar_tickets(desk, vector, int(desk.articles[place])) for place in places]",
            "similar=[similar_tickets(desk, vector, int(desk.articles[place])) for place in sorted(places)]",
        ),
    ),
    CODE.shift(
        "nobody_to_billing",
        "enum-member",
        "predict",
        "what fits nothing goes to the first queue",
        ("        return Queue.PERSON, 0.0", "        return Queue.BILLING, 0.0"),
    ),
    CODE.shift(
        "person_renamed",
        "enum-value",
        "predict",
        "the last queue keeps its name and gets another value",
        ('    PERSON = "person"', '    PERSON = "human"'),
    ),
    CODE.shift(
        "padded_articles",
        "ragged-padded",
        "predict",
        "lists of articles are filled up to the same length",
        (
            "        articles=[(int(desk.articles[place]), float(scores[place])) for place in places],\n",
            "        articles=[\n"
            "            *((int(desk.articles[place]), float(scores[place])) for place in places),\n"
            '            *([(0, 0.0)] * (config["top_articles"] - len(places))),\n'
            "        ],\n",
        ),
    ),
    CODE.shift(
        "weights_unsquared",
        "square-dropped",
        "predict",
        "the weight of a word is its entry and not its share",
        ("vector[desk.words[word]] ** 2 for word", "vector[desk.words[word]] for word"),
    ),
    CODE.shift(
        "numbers_through_floats",
        "key-through-float",
        "predict",
        "ticket numbers pass through a float",
        ("advise(desk, int(numbers[row]),", "advise(desk, int(float(numbers[row])),"),
    ),
    CODE.shift(
        "share_of_everything",
        "denominator",
        "predict",
        "confidence is the share of all scores and not of the best ones",
        ("total[best] / sum(total.values())", "total[best] / float(scores.sum())"),
    ),
    CODE.shift(
        "rarity_unsmoothed",
        "smoothing-prior",
        "features",
        "the rarity of a word is no longer smoothed",
        ("math.log((1 + len(texts)) / (1 + seen_in[word]))", "math.log(len(texts) / seen_in[word])"),
    ),
    CODE.shift(
        "ranks_from_zero",
        "rank-offset",
        "evaluate",
        "reciprocal ranks are taken one place too late",
        ('"mrr": sum(1.0 / rank for rank in ranks)', '"mrr": sum(1.0 / (rank + 1) for rank in ranks)'),
    ),
    CODE.shift(
        "decomposed_words",
        "text-normalised",
        "predict",
        "words are compared as they were typed, composed or not",
        ('unicodedata.normalize("NFC", text).casefold()', "text.casefold()"),
        hidden=True,
    ),
    CODE.shift(
        "half_centres",
        "bundle-precision",
        "contracts",
        "the bundle keeps the articles' vectors in half precision",
        (
            '    np.savez(folder / "desk.npz", **arrays)',
            '    np.savez(folder / "desk.npz", **{**arrays, "centres": desk.centres.astype(np.float16)})',
        ),
        hidden=True,
    ),
    CODE.shift(
        "queues_sorted",
        "bundle-order",
        "contracts",
        "the bundle lists the queues of the articles in the order of the alphabet, starting from the end",
        (
            "    rest = {name: value for name, value in vars(desk).items() if name not in arrays}\n",
            "    rest = {name: value for name, value in vars(desk).items() if name not in arrays}\n"
            '    rest["queues"] = sorted(desk.queues, reverse=True)\n',
        ),
        hidden=True,
    ),
    CODE.keep(
        "sorted_for_argsort",
        "sort-rewritten",
        "places are sorted by score and then by place",
        (
            'np.argsort(-rounded, kind="stable")[:most]',
            "sorted(range(len(rounded)), key=lambda place: (-rounded[place], place))[:most]",
        ),
    ),
    CODE.keep(
        "merge_for_loop",
        "loop-to-vector",
        "words are counted by one call for each text",
        (
            "        for word in text:\n"
            "            if word in words:\n"
            "                counts[row, words[word]] += 1.0\n",
            "        np.add.at(counts[row], [words[word] for word in text if word in words], 1.0)\n",
        ),
    ),
    CODE.keep(
        "library_norm",
        "library-function",
        "lengths are taken by the library",
        ("np.sqrt((vectors**2).sum(axis=-1, keepdims=True))", "np.linalg.norm(vectors, axis=-1, keepdims=True)"),
    ),
    CODE.keep(
        "einsum_scores",
        "einsum-for-matmul",
        "cosines are sums over words, one ticket and article at a time",
        ("    return vectors @ desk.centres.T\n", '    return np.einsum("tw,aw->ta", vectors, desk.centres)\n'),
        ("    scores = vectors @ desk.centres.T\n", '    scores = np.einsum("tw,aw->ta", vectors, desk.centres)\n'),
        moves_bits=True,
    ),
    CODE.keep(
        "difference_of_logarithms",
        "equivalent-formula",
        "the rarity of a word is a difference of logarithms",
        (
            "math.log((1 + len(texts)) / (1 + seen_in[word])) + 1.0",
            "1.0 + math.log1p(len(texts)) - math.log1p(seen_in[word])",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "sums_for_means",
        "scale-cancels",
        "articles are sums of their tickets, since only the direction counts",
        ("vectors[answered == article].mean(axis=0)", "vectors[answered == article].sum(axis=0)"),
        moves_bits=True,
    ),
    CODE.keep(
        "confidence_by_fsum",
        "exact-sum",
        "scores are added up without round-off",
        ("total[best] / sum(total.values())", "total[best] / math.fsum(total.values())"),
    ),
    CODE.keep(
        "neighbours_from_centres",
        "loop-to-product",
        "the nearness of all tickets is one product, of which each article takes its part",
        (
            '    near = best_first(desk.vectors[own] @ vector, desk.config["min_neighbour"]',
            '    near = best_first((desk.vectors @ vector)[own], desk.config["min_neighbour"]',
        ),
    ),
    CODE.keep(
        "terms_by_multiplication",
        "algebra",
        "shares of words are products of entries",
        (
            "    weights = np.array([vector[desk.words[word]] ** 2 for word in known])\n",
            "    entries = np.array([vector[desk.words[word]] for word in known])\n"
            "    weights = entries / np.sqrt((vector**2).sum() or 1.0) * entries\n",
        ),
        moves_bits=True,
    ),
    CODE.keep(
        "table_for_queues",
        "dictionary-to-counter",
        "sums of scores are kept in a counter",
        ("    total: dict[str, float] = {}\n", "    total: Counter[str] = Counter()\n"),
        (
            "        total[desk.queues[place]] = total.get(desk.queues[place], 0.0) + float(scores[place])\n",
            "        total[desk.queues[place]] += float(scores[place])\n",
        ),
    ),
)
