"""Corpora that change while each turn keeps a hidden identity, to judge where notes stand.

``python tests/changing.py 2000`` prints how notes fare over that many random scripts of edits.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from random import Random

import pandas as pd

from readerlib.corpus import Corpus
from readerlib.descriptor import Descriptor
from readerlib.notes.anchoring import Anchor, Standing, anchor, standings
from readerlib.selection import Place
from readerlib.text import bare, count, fingerprint, tokens

SHORT = ["Yes.", "Yes.", "Yes.", "No.", "Mhm.", "Yes, mother.", "…", "What?", "Да.", "好。"]
VOCABULARY = [
    "the",
    "boat",
    "rope",
    "gull",
    "harbor",
    "and",
    "of",
    "in",
    "a",
    "is",
    "was",
    "he",
    "she",
    "they",
    "it",
    "water",
    "never",
    "night",
    "ring",
    "pier",
    "tied",
    "gone",
    "back",
    "again",
    "saw",
    "told",
    "knows",
    "where",
    "evening",
    "lighthouse",
    "north",
    "лодка",
    "берег",
    "ночь",
    "wieder",
    "Élan",
    "don't",
    "naïve",
    "30,000",
    "13,000",
    "two",
    "three",
    "f---",
    "🙂",
    "שלום",
    "مرحبا",
]
SALT = "changing"


@dataclass
class Turn:
    """A turn, and who it is, whatever it is called."""

    who: frozenset[int]
    turn_id: str
    talk: str
    speaker: str
    text: str
    gist: str = ""


@dataclass
class World:
    """A corpus in the making: its turns in order, and whether their words are attached."""

    rng: Random
    turns: list[Turn]
    attached: bool = True
    gists: bool = True
    published: bool = True
    next: int = 1000

    def corpus(self) -> Corpus:
        order = list(dict.fromkeys(turn.talk for turn in self.turns))
        self.turns.sort(key=lambda turn: order.index(turn.talk))
        seen: Counter[str] = Counter()
        rows = []
        for turn in self.turns:
            seen[turn.talk] += 1
            row = {
                "turn_id": turn.turn_id,
                "conversation_id": turn.talk,
                "position": str(seen[turn.talk]),
                "speaker_id": turn.speaker,
                "kind": "speech" if turn.text else "cut",
                "text": turn.text if self.attached else "",
            }
            if self.gists:
                row["gist"] = turn.gist
            if self.published:
                row["words"] = str(count(turn.text)) if turn.text else ""
                row["fingerprint"] = fingerprint(turn.text, SALT) or ""
            rows.append(row)
        people = sorted({turn.speaker for turn in self.turns})
        tables = {
            "turns": pd.DataFrame(rows),
            "conversations": pd.DataFrame({"conversation_id": order}),
            "speakers": pd.DataFrame({"speaker_id": people, "name": people}),
        }
        return Corpus(tables, Descriptor("changing", "Changing", fingerprint_salt=SALT))

    def new(self) -> frozenset[int]:
        self.next += 1
        return frozenset({self.next})

    def fresh_id(self) -> str:
        self.next += 1
        return f"n{self.next}"


def said(rng: Random, short: float = 0.35) -> str:
    if rng.random() < short:
        return rng.choice(SHORT)
    words = [rng.choice(VOCABULARY) for _ in range(rng.randint(6, 16))]
    for at in range(len(words)):
        if rng.random() < 0.15:
            words[at] += rng.choice([",", " —", "!", "…"])
    return f"“{' '.join(words)}.”"


def world(rng: Random, size: int = 24) -> World:
    turns: list[Turn] = []
    for number in range(size):
        text = said(rng)
        long = [turn for turn in turns if count(turn.text) >= 6]
        chance = rng.random()
        if long and chance < 0.08:
            text = rng.choice(long).text
        elif long and chance < 0.16:
            text = rng.choice(long).text.replace("the", "not", 1) + " 7"
        elif chance < 0.2:
            text = ""
        talk = f"c{number * 3 // size}"
        gist = "" if not text else said(rng, 0.2).strip("“”")
        if text in SHORT and rng.random() < 0.5:
            gist = "Agrees to it, without any comment at all."
        speaker = rng.choice(["anna", "tomas"])
        turns.append(Turn(frozenset({number}), f"t{number:02}", talk, speaker, text, gist))
    gists, published = rng.random() < 0.8, rng.random() < 0.8
    # Of a corpus without words, summaries and fingerprints nothing can be told.
    attached = rng.random() < 0.7 or not (gists or published)
    return World(rng, turns, attached=attached, gists=gists, published=published)


# What happens to corpora -------------------------------------------------------


def attach_or_forget(w: World) -> None:
    if w.published:
        w.attached = not w.attached


def respell(w: World) -> None:
    turn = w.rng.choice(w.turns)
    turn.text = w.rng.choice([str.upper, lambda t: t.replace(".", "!").replace("“", "«")])(
        turn.text
    )


def edit_words(w: World) -> None:
    turn = w.rng.choice(w.turns)
    turn.text = edited(w.rng, turn.text)


def edit_gist(w: World) -> None:
    turn = w.rng.choice(w.turns)
    turn.gist = edited(w.rng, turn.gist)


def edited(rng: Random, text: str) -> str:
    words = text.split(" ")
    at = rng.randrange(len(words))
    how = rng.random()
    if how < 0.4:
        words[at] = rng.choice(VOCABULARY)
    elif how < 0.7:
        words.insert(at, rng.choice(VOCABULARY))
    elif len(words) > 1:
        del words[at]
    return " ".join(words)


def rewrite(w: World) -> None:
    turn = w.rng.choice(w.turns)
    if w.rng.random() < 0.5:
        turn.gist = said(w.rng, 0.1)
    else:
        turn.text = said(w.rng)


def insert(w: World) -> None:
    at = w.rng.randrange(len(w.turns))
    text = said(w.rng)
    if w.rng.random() < 0.3:
        text = w.rng.choice(w.turns).text
    talk = w.turns[at].talk
    made = Turn(w.new(), w.fresh_id(), talk, w.rng.choice(["anna", "tomas"]), text, said(w.rng))
    w.turns.insert(at, made)


def delete(w: World) -> None:
    if len(w.turns) > 6:
        del w.turns[w.rng.randrange(len(w.turns))]


def delete_and_close_up(w: World) -> None:
    """The ids of a conversation are given out anew, as by one who numbers them."""
    delete(w)
    renumber(w)


def renumber(w: World) -> None:
    w.corpus()
    for number, turn in enumerate(w.turns):
        turn.turn_id = f"t{number:02}"


def move(w: World) -> None:
    turn = w.turns.pop(w.rng.randrange(len(w.turns)))
    at = w.rng.randrange(len(w.turns))
    turn.talk = w.turns[at].talk
    w.turns.insert(at, turn)


def swap(w: World) -> None:
    at = w.rng.randrange(len(w.turns) - 1)
    one, two = w.turns[at : at + 2]
    one.talk, two.talk = two.talk, one.talk
    w.turns[at : at + 2] = [two, one]


def swap_ids(w: World) -> None:
    one, two = w.rng.sample(w.turns, 2)
    one.turn_id, two.turn_id = two.turn_id, one.turn_id


def rename(w: World) -> None:
    w.rng.choice(w.turns).turn_id = w.fresh_id()


def split(w: World) -> None:
    at = w.rng.randrange(len(w.turns))
    turn = w.turns[at]
    words = turn.text.split(" ")
    if len(words) > 3:
        cut = w.rng.randrange(1, len(words))
        second = replace(turn, turn_id=w.fresh_id(), text=" ".join(words[cut:]), gist=said(w.rng))
        turn.text = " ".join(words[:cut])
        w.turns.insert(at + 1, second)


def join(w: World) -> None:
    at = w.rng.randrange(len(w.turns) - 1)
    one, two = w.turns[at : at + 2]
    if one.talk == two.talk and one.text and two.text and len(w.turns) > 6:
        kept = one if w.rng.random() < 0.7 else two
        one.turn_id = kept.turn_id
        one.who, one.text = one.who | two.who, f"{one.text} {two.text}"
        del w.turns[at + 1]


def rename_speaker(w: World) -> None:
    for turn in w.turns:
        if turn.speaker == "anna":
            turn.speaker = "irena"


def rename_talk(w: World) -> None:
    talk = w.rng.choice(w.turns).talk
    new = w.fresh_id()
    for turn in w.turns:
        if turn.talk == talk:
            turn.talk = new


CHANGES: list[Callable[[World], None]] = [
    attach_or_forget,
    respell,
    edit_words,
    edit_words,
    edit_gist,
    rewrite,
    insert,
    insert,
    delete,
    delete_and_close_up,
    renumber,
    move,
    swap,
    swap_ids,
    rename,
    split,
    join,
    rename_speaker,
    rename_talk,
]


# Notes and where they stand --------------------------------------------------------


@dataclass
class Made:
    """A note's anchor, and what it was on."""

    anchor: Anchor
    ends: tuple[Turn, ...]
    words: list[str] = field(default_factory=list)


def words_of(text: str) -> list[str]:
    return [bare(token.word) for token in tokens(text)]


def words_at(text: str, start: int, end: int) -> list[str]:
    return [bare(t.word) for t in tokens(text) if t.end > start and t.start < end]


def notes(w: World, corpus: Corpus) -> Iterator[Made]:
    for row, turn in enumerate(w.turns):
        copy = replace(turn)
        shown = turn.text if w.attached and turn.text else (turn.gist if w.gists else "")
        kind = w.rng.random()
        if kind < 0.4 and shown:
            start = w.rng.randrange(len(shown))
            end = w.rng.randint(start + 1, min(len(shown), start + 40))
            place = Place(turn.turn_id, start, end)
            yield Made(anchor(corpus, place), (copy,), words_at(shown, start, end))
        elif kind < 0.55 and row + 3 < len(w.turns):
            last = w.turns[row + w.rng.randint(1, 3)]
            place = Place(turn.turn_id, last=last.turn_id)
            yield Made(anchor(corpus, place), (copy, replace(last)))
        else:
            yield Made(anchor(corpus, Place(turn.turn_id)), (copy,))


def judged(w: World, then: World, made: Made, stands: Standing) -> str:
    """What a standing is worth: ``wrong``, or how right it is."""
    here = {turn.turn_id: turn for turn in w.turns}
    if stands.place is None:
        if stands.state != "orphan" or not stands.said:
            return "wrong: an orphan"
        now = [turn for turn in w.turns if turn.who & made.ends[0].who]
        same = [t for t in now if words_of(t.text) == words_of(made.ends[0].text)]
        alone = [t for t in w.turns if words_of(t.text) == words_of(made.ends[0].text)]
        before = [t for t in then.turns if words_of(t.text) == words_of(made.ends[0].text)]
        same = [t for t in same if t.gist == made.ends[0].gist]
        if same and len(alone) == len(before) == 1 and count(made.ends[0].text) >= 6:
            told = (w.published or w.attached) and (then.published or then.attached)
            return "orphan though its words are there" if told else "orphan, unseen"
        return "orphan, there" if now else "orphan, gone"
    place = stands.place
    if place.turn_id not in here or (place.last and place.last not in here):
        return "wrong: no such turn"
    turn = here[place.turn_id]
    if place.last is not None:
        ends = (turn, here[place.last])
        whos = made.ends if len(made.ends) == 2 else (made.ends[0], made.ends[0])
        if not all(_fits(w, then, e, m) for e, m in zip(ends, whos, strict=True)):
            return "wrong: range"
        own = all(end.who & was.who for end, was in zip(ends, whos, strict=True))
        return stands.state if own else "on one that cannot be told from it"
    if not any(_fits(w, then, turn, end) for end in made.ends):
        return "wrong: turn"
    if place.end is not None:
        shown = turn.text if w.attached and turn.text else turn.gist
        if place.end > len(shown) or place.start == place.end:
            return "wrong: stretch beyond its turn"
        marked = made.anchor.place.end is not None
        if marked and words_at(shown, place.start or 0, place.end) != made.words:
            return "wrong: words"
    own = any(turn.who & end.who for end in made.ends)
    return stands.state if own else "on one that cannot be told from it"


def _fits(w: World, then: World, now: Turn, was: Turn) -> bool:
    if now.who & was.who:
        return True
    # A copy made later, of which the original is gone or other now, cannot be told from it.
    late = not any(turn.who & now.who for turn in then.turns)
    left = [t for t in w.turns if t.who & was.who]
    same = words_of(now.text) == words_of(was.text)
    if late and same and not any(words_of(t.text) == words_of(was.text) for t in left):
        return True
    # A cut holds nothing but its place.
    if not (now.text or was.text) and not (w.gists and (now.gist or was.gist)):
        return True
    # Nor can the parts of one that is split, of which one is such a copy.
    if any(turn.who & was.who for turn in w.turns if _beside(w, turn, now)) and late:
        return True
    # Nor can one that looks as it did, between neighbours that look as its own did.
    if _look(w, now.turn_id, then) == _look(then, was.turn_id, w):
        return True
    at = next(row for row, turn in enumerate(w.turns) if turn is now)
    beside = [turn for turn in w.turns[max(at - 1, 0) : at + 2] if turn.who & was.who]
    return any(_seen(w, turn, then) == _seen(w, now, then) for turn in beside)


def _beside(w: World, one: Turn, other: Turn) -> bool:
    """Whether two turns stand beside each other and are in one sentence of the same words."""
    rows = [row for row, turn in enumerate(w.turns) if turn is one or turn is other]
    return len(rows) == 2 and rows[1] - rows[0] == 1 and "”" not in w.turns[rows[0]].text


def _look(w: World, turn_id: str, other: World) -> list[tuple[str, ...]]:
    """What there is to see of a turn and of the ones beside it in the conversation."""
    at = next(row for row, turn in enumerate(w.turns) if turn.turn_id == turn_id)
    talk = [turn for turn in w.turns if turn.talk == w.turns[at].talk]
    at = talk.index(w.turns[at])
    return [_seen(w, turn, other) for turn in talk[max(at - 1, 0) : at + 2]]


def _seen(w: World, turn: Turn, other: World) -> tuple[str, ...]:
    """What there is to see of a turn, in one state of the corpus as in another."""
    text = " ".join(words_of(turn.text)) if w.attached and other.attached else ""
    if w.published or w.attached:
        text = text or fingerprint(turn.text, SALT) or ""
    return (text, *(words_of(turn.gist) if w.gists else ()), turn.speaker)


def script(
    seed: int, steps: int | None = None
) -> tuple[list[tuple[Made, Standing, str]], list[str], World]:
    """One random corpus, notes on all its turns, some edits, and where the notes stand then."""
    rng = Random(seed)
    w = world(rng)
    corpus = w.corpus()
    made = list(notes(w, corpus))
    then = World(rng, [replace(t) for t in w.turns], w.attached, w.gists, w.published)
    names = []
    for _ in range(steps if steps is not None else rng.randint(1, 8)):
        change = rng.choice(CHANGES)
        change(w)
        names.append(change.__name__)
    now = w.corpus()
    found = standings(now, [one.anchor for one in made])
    return (
        [(m, s, judged(w, then, m, s)) for m, s in zip(made, found, strict=True)],
        names,
        w,
    )


if __name__ == "__main__":
    counts: Counter[str] = Counter()
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    for seed in range(first, first + int(sys.argv[1])):
        rows, names, _ = script(seed)
        for made, stands, verdict in rows:
            counts[verdict] += 1
            if verdict.startswith("wrong") and counts[verdict] < 6:
                told = (seed, verdict, made.anchor.place, made.anchor.layer, stands, names)
                sys.stdout.write(f"{told}\n")
    for verdict, many in counts.most_common():
        sys.stdout.write(f"{many:8,} {verdict}\n")
