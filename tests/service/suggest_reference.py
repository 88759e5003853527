"""Suggestions as plainly as they can be said: every text is looked at, and nothing is worked out beforehand."""

from __future__ import annotations

import html
from functools import reduce

from rapidfuzz import process
from rapidfuzz.distance import OSA

from corpus.codes import looks_like_code, looks_like_code_prefix, normalise_code
from indexer.analysis.tokenizer import compounds, fold, index_tokens, tokenize
from service.search.highlights import apart
from service.search.model import Span

_BRIEF = ("code", "code_system", "kind", "title", "has_document")


class ReferenceSuggester:
    """Suggestions from records."""

    def __init__(self, records):
        self._records = records
        pairs = {(text, number) for number, record in enumerate(records) for text in _texts(record)}
        self._texts = sorted(pairs, key=lambda pair: (len(pair[0]), pair[0], pair[1]))
        self._folded = [fold(text) for text, _ in self._texts]
        places: dict[str, set[int]] = {}
        for place, (text, _) in enumerate(self._texts):
            for token in index_tokens(text):
                places.setdefault(token.word, set()).add(place)
        self._places = dict(sorted(places.items()))

    @property
    def words(self):
        """All words, in order."""
        return list(self._places)

    def suggest(self, text, limit):
        """Return completions, codes and names, as the API gives them."""
        everything = list(tokenize(text))
        tokens = everything[:8]
        codes = [self._brief(number) for number in self._with_code(text)[:limit]]
        if not tokens:
            return {"completions": [], "codes": codes, "names": []}
        expanded = [self._beginning(token.word) for token in tokens]
        found = self._in_all(expanded)
        if not found:
            expanded = [self.near(token.word) for token in tokens]
            found = self._in_all(expanded)
        names = self._best(found, " ".join(token.word for token in tokens), limit)
        prefixes = tuple(token.word for token in everything)
        return {
            "completions": self._completions(text, tokens, expanded[-1], found, limit),
            "codes": codes,
            "names": [self._name(place, prefixes) for place in names],
        }

    def near(self, prefix):
        """Return words that begin so, or, where none do, with something one error away."""
        same = self._beginning(prefix)
        if same or len(prefix) < 4 or not prefix.isalpha():
            return same
        near = set()
        for length in (len(prefix), len(prefix) + 1, len(prefix) - 1):
            cut = [word[:length] for word in self._places]
            found = process.extract(prefix, cut, scorer=OSA.distance, score_cutoff=1, limit=40)
            near |= {self.words[at] for _, _, at in found}
        return sorted(near)

    def _with_code(self, text):
        prefix = normalise_code(text) if len(text) <= 32 else ""
        if not (looks_like_code_prefix(prefix) or looks_like_code(prefix)):
            return []
        return [number for number, record in enumerate(self._records) if record["code"].startswith(prefix)]

    def _beginning(self, prefix):
        return sorted((word for word in self._places if word.startswith(prefix)), key=len)[:100]

    def _in_all(self, expanded):
        return reduce(set.intersection, (set().union(*(self._places[word] for word in words)) for words in expanded))

    def _best(self, found, typed, limit):
        best = {}
        for place in sorted(found, key=lambda place: self._worth(place, typed)):
            best.setdefault(self._texts[place][1], place)
        return list(best.values())[:limit]

    def _worth(self, place, typed):
        folded, record = self._folded[place], self._records[self._texts[place][1]]
        return folded != typed, not folded.startswith(typed), not record["has_document"], place

    def _completions(self, text, tokens, words, found, limit):
        last = tokens[-1]
        if last.end != len(text):
            return []
        counts = {word: len(self._places[word] & found) for word in words}
        ranked = sorted((word for word in words if counts[word]), key=lambda word: (-counts[word], word))
        return [text[: last.start] + word for word in ranked if word != last.word][:limit]

    def _name(self, place, prefixes):
        text, number = self._texts[place]
        return {**self._brief(number), "text": text, "highlight": _marked(text, prefixes)}

    def _brief(self, number):
        return {name: self._records[number][name] for name in _BRIEF}


def _texts(record):
    return [record["title"], *record["common_names"], *record["technical_terms"], *record["drug_names"][:12]]


def _marked(text, prefixes):
    tokens = list(tokenize(text))
    matching = [token for token in (*tokens, *compounds(tokens, text)) if token.word.startswith(prefixes)]
    marked, at = "", 0
    for start, end, _ in apart(Span(token.start, token.end, token.term) for token in matching):
        marked += f"{html.escape(text[at:start])}<mark>{html.escape(text[start:end])}</mark>"
        at = end
    return marked + html.escape(text[at:])
