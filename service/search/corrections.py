"""What to do where nothing has all the words of a query: search for corrected words instead, and say so."""

from __future__ import annotations

import dataclasses

from indexer.analysis.tokenizer import tokenize
from service.search.engines.base import Engine
from service.search.model import LONGEST_ABBREVIATION, STEPS, Correction, Match, Page, Part, Reading, Tier
from service.search.query.parser import Query, Unread


def corrections(query: Query | Unread, page: Page, engine: Engine) -> tuple[Correction, ...]:
    """Return a correction for each word that nothing matches and that resembles a word of the index; ``page`` is what
    ``engine`` found for ``query``.
    """
    unmatched = engine.unmatched(page)
    unknown = [query.whole.slots[at].word for at in unmatched] if unmatched else []
    found = ((word, engine.near(word)) for word in unknown)
    return tuple(Correction(word, near) for word, near in found if near is not None)


def corrected_text(text: str, fixes: tuple[Correction, ...]) -> str:
    """Return ``text`` with each corrected word in the place of the one typed; the rest stays as it was."""
    by_word = {fix.typed: fix.searched for fix in fixes}
    pieces, at = [], 0
    for token in tokenize(text):
        if token.word in by_word:
            pieces += [text[at : token.start], by_word[token.word]]
            at = token.end
    return "".join(pieces) + text[at:]


def relabelled(page: Page) -> Page:
    """Return ``page`` with every match in the tier ``fuzzy``; their order stays, and so do differences of score.

    Hits that are ready were written so, see `Engine.search_text`.
    """
    return dataclasses.replace(page, matches=tuple(map(_fuzzy, page.matches)))


def _fuzzy(match: Match) -> Match:
    score = round(Tier.FUZZY + match.score / STEPS, 4)
    scaled = [dataclasses.replace(part, value=part.value / STEPS) for part in match.parts]
    if scaled:
        # The tier of the corrected search is one summand of the score within the tier that is shown.
        scaled[0] = dataclasses.replace(scaled[0], name="corrected_tier")
        scaled.insert(0, Part("tier", None, float(Tier.FUZZY)))
    return match._replace(tier=Tier.FUZZY, score=score, parts=tuple(scaled))


def readings_of(query: Query, engine: Engine) -> tuple[Reading, ...]:
    """Return what each word of the query may mean that has more than one reading."""
    found = []
    for slot in query.slots:
        meanings = engine.readings(slot.term)
        if len(meanings) > 1 and len(slot.word) <= LONGEST_ABBREVIATION:
            found.append(Reading(slot.word, meanings))
    return tuple(found)
