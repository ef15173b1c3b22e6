"""How a quotation or a sentence stands to the source: one verdict each, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, get_args

from readerlib.compare.attributing import Attribution
from readerlib.compare.likeness import Change, altered, is_negation, sort_of
from readerlib.compare.matching import Asked, Piece, Stream, whole_turns
from readerlib.compare.source import Source

Verdict = Literal[
    "verbatim",
    "trimmed",
    "stitched",
    "reordered",
    "wrong speaker",
    "paraphrase",
    "too short",
    "not found",
]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

SHORT = 4
"""Words a stretch of a sentence needs to tell where it is from; fewer may stand anywhere."""
PART = 3
"""Words a part of a stitched or reordered quotation needs, where it is no whole sentence."""
MOST_LOST = 2
"""Words left out with a denial among them that make another quotation and not a shorter one."""
CLAIM = 6
"""Words a sentence without quotation marks needs to be called copied."""
LIKE = 0.25
"""Share of a sentence's weight that a turn must have for the sentence to come from it."""
ENOUGH = 2.1
"""Weight that the two must share: that of so many words that stand in one turn alone."""
LIKE_SHORT = 0.6
"""Share from which on the sentence may be too short for that."""
LIKE_QUOTED = 0.5
"""The same for what is offered as a quotation."""


@dataclass(frozen=True)
class Found:
    """What was found of one passage.

    ``of``: what the pieces are pieces of: ``words``, ``fingerprint`` (a whole turn whose words
    are not attached, proven), ``summary``, or nothing.  ``wording`` is the verdict without
    regard to the speaker.  ``likest`` lists the turns it is most like.
    """

    verdict: Verdict
    wording: Verdict
    of: Literal["words", "fingerprint", "summary", ""]
    pieces: tuple[Piece, ...] = ()
    contiguous: bool = False
    changes: tuple[Change, ...] = ()
    elsewhere: tuple[int, ...] = ()
    likest: tuple[int, ...] = ()
    share: float = 0.0
    full: bool = False


NOT_FOUND = Found("not found", "not found", "")


class Judge:
    """Judges one passage after the other, each in the light of what came before it."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.last = -1

    def quotation(self, quote: Asked, given: Attribution, said: str, stories: set[str]) -> Found:
        """What a quotation is.

        Parameters
        ----------
        quote : Asked
        given : Attribution
        said : str
            As it stands in the retelling.
        stories : set of str
            Whose stories the paragraph speaks of.
        """
        found = self._exact(quote, given.ids, stories)
        if found is None:
            found = self._proven(quote, given.ids)
        if found is None:
            found = self._altered(quote, given.ids, least=0.6, shortest=SHORT)
        if found is None:
            found = self._like(said, LIKE_QUOTED, "")
        if found.pieces:
            self.last = found.pieces[-1].turn
        return found

    def claim(self, quote: Asked, said: str, context: str) -> Found:
        """What a sentence outside quotation marks is."""
        found = None
        if len(quote) >= PART:
            found = self._copied(quote)
        if found is None and len(quote) >= CLAIM:
            found = self._proven(quote, None)
        like = self._like(said, LIKE, context)
        if found is None and len(quote) >= CLAIM:
            found = self._altered(quote, None, least=0.7, shortest=CLAIM)
        found = like if found is None else replace(found, likest=like.likest)
        if found.pieces:
            self.last = found.pieces[-1].turn
        return found

    # Word for word.

    def _exact(self, quote: Asked, ids: frozenset[str] | None, stories: set[str]) -> Found | None:
        source = self.source
        if not source.with_words or not len(quote):
            return None
        for full, stream in ((False, source.said), (True, source.full)):
            hits = stream.together(quote.words)
            right = [hit for hit in hits if self._right(hit, ids)]
            if right:
                hit = self._chosen(quote, right, stories)
                return self._contiguous(quote, hit, hits, full=full, sure=ids is not None)
            if hits and len(quote) >= PART:
                hit = self._chosen(quote, hits, stories)
                told = self._contiguous(quote, hit, hits, full=full, sure=False)
                enough = len(quote) >= SHORT or told.wording == "verbatim"
                inside = self._tiled(quote, stream, ids, full=full) if ids else None
                if inside and inside.wording == "trimmed":
                    return inside
                return replace(told, verdict="wrong speaker" if enough else "too short")
            if hits:
                hit = self._chosen(quote, hits, stories)
                told = self._contiguous(quote, hit, hits, full=full, sure=False)
                return replace(told, verdict="too short", wording="too short")
        if ids:
            found = self._tiled(quote, source.said, ids)
            if found:
                return found
        found = self._tiled(quote, source.said, None)
        if found is None:
            found = self._tiled(quote, source.full, None, full=True)
        if found is None:
            return None
        if ids is not None and not any(self._right(piece, ids) for piece in found.pieces):
            return replace(found, verdict="wrong speaker")
        return found

    def _right(self, piece: Piece, ids: frozenset[str] | None) -> bool:
        """Whether nothing speaks against the words being of one of these."""
        speaker = self.source.speaker_of(piece)
        return ids is None or speaker is None or speaker in ids

    def _chosen(self, quote: Asked, hits: Sequence[Piece], stories: set[str]) -> Piece:
        """The likeliest of several places: a whole sentence, in the story spoken of, further on."""
        source = self.source

        def unlikely(hit: Piece) -> tuple[bool, bool, bool, int, int]:
            return (
                bool(stories) and source.stories[hit.turn] not in stories,
                not self._clean(hit),
                hit.turn < self.last,
                abs(hit.turn - self.last) if self.last >= 0 else 0,
                hit.turn,
            )

        return min(hits, key=unlikely)

    def _clean(self, piece: Piece) -> bool:
        """Whether a piece is one whole sentence, or several."""
        turn = self.source.turns[piece.turn]
        return turn.begins[piece.begin] and turn.ends[piece.end - 1]

    def _whole(self, piece: Piece) -> bool:
        """Whether a piece is all that its turn says."""
        turn = self.source.turns[piece.turn]
        rest = [*range(piece.begin), *range(piece.end, len(turn.words))]
        return all(turn.aside[i] for i in rest)

    def _contiguous(
        self, quote: Asked, hit: Piece, hits: Sequence[Piece], *, full: bool, sure: bool
    ) -> Found:
        n = len(quote)
        clean = self._clean(hit) or self._whole(hit)
        # A quotation that marks its own end as cut is none of whole sentences.
        if clean and not self._whole(hit) and self._marks_an_end(quote, hit):
            clean = False
        wording: Verdict = "verbatim" if clean else "trimmed"
        changes: tuple[Change, ...] = ()
        if quote.added:
            wording = "trimmed"
            changes = self._added(quote)
            if any(change.sort in ("negation", "number") for change in changes):
                wording = "paraphrase"
        if wording == "trimmed":
            changes += self._denial_before(hit)
        elsewhere = tuple(dict.fromkeys(h.turn for h in hits if h.turn != hit.turn))
        alone = (
            sure
            and sum(
                1 for h in hits if self.source.speakers[h.turn] == self.source.speakers[hit.turn]
            )
            == 1
        )
        enough = n >= SHORT or (clean and (n >= PART or sure)) or (n >= PART and alone)
        if not enough and n >= PART:
            stream = self.source.full if full else self.source.said
            enough = min(stream.frequency(word) for word in quote.words) <= 2 and not elsewhere
        verdict: Verdict = wording if enough else "too short"
        return Found(
            verdict,
            wording if enough else "too short",
            "words",
            (hit,),
            contiguous=True,
            changes=changes,
            elsewhere=elsewhere,
            likest=(hit.turn,),
            full=full,
        )

    def _marks_an_end(self, quote: Asked, hit: Piece) -> bool:
        """Whether the quotation has dots at an end where the source has none."""
        turn, text = self.source.turns[hit.turn], self.source.texts[hit.turn] or ""
        before = text[turn.ends_at[hit.begin - 1] if hit.begin else 0 : turn.starts[hit.begin]]
        rest = turn.starts[hit.end] if hit.end < len(turn.words) else len(text)
        after = text[turn.ends_at[hit.end - 1] : rest]
        ends = [gap for mark, gap in ((0, before), (len(quote), after)) if mark in quote.broken]
        return any("…" not in gap and "..." not in gap for gap in ends)

    def _added(self, quote: Asked) -> tuple[Change, ...]:
        words = [word.casefold() for word in quote.added]
        sort = sort_of(words, self.source.proper)
        return (Change(" ".join(quote.added), "", sort),)

    def _tiled(
        self, quote: Asked, stream: Stream, ids: frozenset[str] | None, *, full: bool = False
    ) -> Found | None:
        """The quotation as words left out, parts of several turns, or parts in another order."""
        n = len(quote)
        if n < SHORT and not quote.broken & set(range(1, n)):
            return None
        source = self.source
        turns = stream.candidates(quote.words)
        if ids is not None:
            turns = [t for t in turns if source.speakers[t] in ids]
        if not turns:
            return None
        pieces = stream.tiled(quote, turns, source.talk_of)
        if not pieces:
            return None
        pieces = self._apart(pieces)
        wording = self._wording(quote, pieces)
        if wording is None and len({p.turn for p in pieces}) > 1:
            # All of it may stand in one turn, with more words left out.
            for turn in sorted({p.turn for p in pieces}):
                alone = stream.tiled(quote, [turn], source.talk_of)
                alone = self._apart(alone)
                wording = self._wording(quote, alone) if alone else None
                if wording:
                    pieces = alone
                    break
        if wording is None:
            return None
        changes = self._added(quote) if quote.added else ()
        if any(change.sort in ("negation", "number") for change in changes):
            wording = "paraphrase"
        if wording == "trimmed":
            lost = self._lost_negation(quote, pieces)
            if lost:
                changes = (*changes, lost)
                # Where nothing else is left out, it is not shorter but other.
                if sum(b.begin - a.end for a, b in pairwise(pieces)) <= MOST_LOST:
                    wording = "paraphrase"
        return Found(
            wording,
            wording,
            "words",
            tuple(pieces),
            contiguous=len(pieces) == 1,
            changes=changes,
            likest=tuple(dict.fromkeys(piece.turn for piece in pieces)),
            full=full,
        )

    def _apart(self, pieces: Sequence[Piece]) -> list[Piece]:
        """The pieces, none of them twice in one place where a turn says the same again."""
        taken: dict[int, set[int]] = {}
        placed = []
        # The longer a piece, the fewer places it has.
        for piece in sorted(pieces, key=lambda piece: (piece.begin - piece.end, piece.first)):
            words = self.source.turns[piece.turn].words
            mine = taken.setdefault(piece.turn, set())
            size = piece.end - piece.begin
            if mine & set(range(piece.begin, piece.end)):
                wanted = words[piece.begin : piece.end]
                for at in range(len(words) - size + 1):
                    if words[at : at + size] == wanted and not mine & set(range(at, at + size)):
                        piece = piece._replace(begin=at, end=at + size)
                        break
            mine.update(range(piece.begin, piece.end))
            placed.append(piece)
        return sorted(placed)

    def _wording(self, quote: Asked, pieces: Sequence[Piece]) -> Verdict | None:
        """What such pieces make of a quotation; None if they are too small to tell anything."""
        n, k = len(quote), len(pieces)
        turns = list(dict.fromkeys(piece.turn for piece in pieces))
        spans = sorted((piece.turn, piece.begin, piece.end) for piece in pieces)
        if any(a[0] == b[0] and a[2] > b[1] for a, b in pairwise(spans)):
            return None
        talks = self.source.talks
        # Of two conversations neither is the first: only within one is there an order.
        forward = all(
            (a.turn, a.begin) < (b.turn, b.begin)
            for a, b in pairwise(pieces)
            if talks[a.turn] == talks[b.turn]
        )
        if len(turns) == 1 and forward:
            return "trimmed" if self._is_trimmed(quote, pieces) else None
        rough = [piece for piece in pieces if not self._clean(piece)]
        least = PART if rough else PART - 1
        if n < SHORT or n / k < least:
            return None
        for piece in rough:
            turn = self.source.turns[piece.turn]
            size = piece.end - piece.begin
            edge = turn.begins[piece.begin] or turn.ends[piece.end - 1]
            if not (size > PART or (size >= PART and edge)):
                return None
        for i, piece in enumerate(pieces):
            # A word or two of another turn, Mhm, may be put there to look like one of its own.
            others = [*pieces[max(i - 1, 0) : i], *pieces[i + 1 : i + 2]]
            if piece.end - piece.begin >= PART or any(o.turn == piece.turn for o in others):
                continue
            talk = self.source.talks[piece.turn]
            if not all(self._clean(o) and self.source.talks[o.turn] == talk for o in others):
                return None
        return "stitched" if forward else "reordered"

    def _is_trimmed(self, quote: Asked, pieces: Sequence[Piece]) -> bool:
        """Whether pieces of one turn, in its order, are too much to stand there by chance."""
        n, k = len(quote), len(pieces)
        span = pieces[-1].end - pieces[0].begin
        dense = n / span >= (0.6 if n < CLAIM else 0.5)
        for i, piece in enumerate(pieces):
            if piece.end - piece.begin >= 2 or self._clean(piece):
                continue
            if not dense:
                return False
            marked = {piece.first, piece.last} & quote.broken
            most = 1 if n < CLAIM else 3
            lone = (i == 0 and pieces[1].begin - piece.end > most) or (
                i == k - 1 and piece.begin - pieces[i - 1].end > most
            )
            if lone and not marked:
                return False
        inside = bool(quote.broken & set(range(1, n)))
        return (n >= SHORT or inside) and (dense or n / k >= 2.5 or (inside and n / k >= 2))

    def _denial_before(self, hit: Piece) -> tuple[Change, ...]:
        """A denial right before the quoted words, in their sentence."""
        turn, text = self.source.turns[hit.turn], self.source.texts[hit.turn] or ""
        at = hit.begin
        while at > 0 and hit.begin - at < MOST_LOST and not turn.begins[at]:
            at -= 1
            if is_negation(turn.words[at]):
                shown = text[turn.starts[at] : turn.ends_at[hit.begin - 1]]
                return (Change("", shown, "negation"),)
        return ()

    def _lost_negation(self, quote: Asked, pieces: Sequence[Piece]) -> Change | None:
        """A denial left out right before what follows, without a mark: it may say the opposite."""
        turn = self.source.turns[pieces[0].turn]
        text = self.source.texts[pieces[0].turn] or ""
        for a, b in pairwise(pieces):
            gap = turn.words[a.end : b.begin]
            if b.first in quote.broken:
                continue
            if any(is_negation(word) for word in gap[-2:]):
                shown = text[turn.starts[max(a.end, b.begin - 3)] : turn.ends_at[b.begin - 1]]
                return Change("", shown, "negation")
        return None

    def _copied(self, quote: Asked) -> Found | None:
        """A sentence without quotation marks whose words are those of the source."""
        source = self.source
        if not source.with_words:
            return None
        for full, stream in ((True, source.full), (False, source.said)):
            hits = stream.together(quote.words)
            if hits:
                hit = self._chosen(quote, hits, set())
                found = self._contiguous(quote, hit, hits, full=full, sure=False)
                if len(quote) >= CLAIM or found.wording == "verbatim":
                    return found
        if len(quote) < CLAIM + 2:
            return None
        tiled = self._tiled(quote, source.full, None, full=True)
        return tiled if tiled and len(quote) / len(tiled.pieces) >= 4 else None

    # Without the words: whole turns are proven by their fingerprints.

    def _proven(self, quote: Asked, ids: frozenset[str] | None) -> Found | None:
        source = self.source
        if not source.proofs or len(quote) < min(source.proofs, default=0):
            return None
        # A turn's own words take in a direction, (laughs), and an account that interrupts it.
        for words in (quote.words, quote.every):
            pieces = whole_turns(words, source.proofs, source.salt)
            if pieces and sum(p.last - p.first for p in pieces) == len(words):
                break
        else:
            return None
        order = [piece.turn for piece in pieces]
        wording: Verdict = "verbatim"
        if len(pieces) > 1:
            wording = "stitched" if order == sorted(order) else "reordered"
        wrong = ids is not None and not any(source.speakers[p.turn] in ids for p in pieces)
        return Found(
            "wrong speaker" if wrong else wording,
            wording,
            "fingerprint",
            tuple(pieces),
            contiguous=len(pieces) == 1,
            likest=tuple(order),
        )

    # Other words.

    def _altered(
        self, quote: Asked, ids: frozenset[str] | None, *, least: float, shortest: int
    ) -> Found | None:
        """The quotation with some words changed: the turn it is nearest to, and what differs."""
        source, n = self.source, len(quote)
        if not source.with_words or n < shortest:
            return None
        best: tuple[float, int] | None = None
        differences: list[tuple[int, int, int, int]] = []
        for t in source.said.candidates(quote.words, 10):
            shared, found = altered(quote.words, source.turns[t].words)
            right = ids is None or source.speakers[t] in ids
            # Of two that are equally near the one by the person named is meant.
            value = shared + (0.5 if right else 0.0)
            if shared >= max(3, least * n) and (best is None or value > best[0]):
                best, differences = (value, t), found
        if best is None:
            return None
        t = best[1]
        turn, text = source.turns[t], source.texts[t] or ""
        kept = _kept(n, differences)
        if not kept or max(b - a for a, b in kept) < 2:
            return None
        inner = [d for d in differences if _inside(d, differences, n, len(turn.words))]
        begin, end = _bounds(differences, n, len(turn.words))
        changes = []
        for a, b, c, d in inner:
            # At the edges of the turn more stands than what was changed.
            c = max(c, d - (b - a)) if a == 0 and c == 0 else c
            d = min(d, c + (b - a)) if b == n and d == len(turn.words) else d
            was = text[turn.starts[c] : turn.ends_at[d - 1]] if d > c else ""
            now = " ".join(quote.words[a:b])
            sort = sort_of([*quote.words[a:b], *turn.words[c:d]], source.proper)
            changes.append(Change(now, was, sort))
        return Found(
            "paraphrase",
            "paraphrase",
            "words",
            (Piece(0, n, t, begin, end),),
            changes=tuple(changes),
            likest=(t,),
            share=best[0] / n,
        )

    def _like(self, said: str, least: float, context: str) -> Found:
        """The turns whose content a sentence shares most with."""
        source = self.source
        likest = source.likeness.like(said, 5, context)
        turns = tuple(like.turn for like in likest)
        rare = 1 if least < LIKE_QUOTED else 2
        enough = [
            like
            for like in likest[:1]
            if like.words >= 2
            and like.rare >= rare
            and ((like.share >= least and like.weighs >= ENOUGH) or like.share >= LIKE_SHORT)
        ]
        if not enough:
            return replace(NOT_FOUND, likest=turns)
        best = enough[0]
        size = len(source.turns[best.turn].words)
        of: Literal["words", "summary"] = "summary" if source.texts[best.turn] is None else "words"
        return Found(
            "paraphrase",
            "paraphrase",
            of,
            (Piece(0, 0, best.turn, 0, size),),
            likest=turns,
            share=round(best.share, 3),
        )


def _kept(n: int, differences: Sequence[tuple[int, int, int, int]]) -> list[tuple[int, int]]:
    """The runs of the quotation's words that stand in the source."""
    runs = []
    at = 0
    for a, b, _, _ in differences:
        if a > at:
            runs.append((at, a))
        at = b
    if at < n:
        runs.append((at, n))
    return runs


def _inside(
    one: tuple[int, int, int, int], every: Sequence[tuple[int, int, int, int]], n: int, size: int
) -> bool:
    """Whether a difference is more than what the turn says before or after the quotation."""
    a, b, c, d = one
    return not (a == b and (c == 0 or d == size) and (a in (0, n)))


def _bounds(differences: Sequence[tuple[int, int, int, int]], n: int, size: int) -> tuple[int, int]:
    """The words of the turn between which the quotation lies."""
    begin, end = 0, size
    for a, b, c, d in differences:
        if a == 0 and c == 0:
            begin = d - (b - a) if d - (b - a) > 0 else 0
        if b == n and d == size:
            end = min(size, c + (b - a))
    return begin, max(end, begin + 1)
