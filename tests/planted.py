"""Retellings with a known truth, made at test time from a corpus that has its words.

Seven classes of quotations, each in many ways to quote and to attribute; and fabricated ones.
Nothing here looks at how readerlib.compare works: words are cut by white space, sentences by
their full stops, neighbours by counting rows.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from readerlib import Corpus

CLASSES = (
    "verbatim",
    "trimmed",
    "stitched",
    "reordered",
    "wrong speaker",
    "paraphrase",
    "not found",
)

STYLES: dict[str, str] = {
    "script": "{who}: “{quote}”",
    "script in straight marks": '{who}: "{quote}"',
    "after": "“{comma}” {who} said.",
    "after, turned round": "“{comma}” said {who}.",
    "told": "“{comma}” {who} told a relative over the phone.",
    "before": "{who} replied, “{quote}”",
    "before, straight": '{who} said: "{quote}"',
    "according": "According to {who}, “{quote}”",
    "German": "{who}: „{quote}“",
    "French": "{who} : « {quote} »",
    "British": "‘{comma}’ {who} said.",
    "typewriter": "{who} said, '{quote}'",
    "in a sentence": "It was then that {who} said on the telephone: “{quote}” The line was bad.",
}
HELD_OUT: dict[str, str] = {
    "adverb": "“{comma}” {who} quietly answered, and the call went on.",
    "dash": "“{quote}” — {who}",
    "brackets": "“{quote}” ({who})",
    "as put": "As {who} put it, “{quote}”",
    "inverted guillemets": "{who}: »{quote}«",
    "capitals": "{upper}: “{quote}”",
    "markdown": "**{who}:** “{quote}”",
    "script without marks": "{who}: {quote}",
    "that": "{who} explained that “{quote}”",
    "recalled": "“{comma}” recalled {who}, who was on the line that night.",
    "straight after": '"{comma}" {who} told me.',
    "mixed marks": '{who}: “{quote}"',
}


@dataclass(frozen=True)
class Case:
    """A quotation in its sentence: what it is, and where it is from."""

    sort: str
    text: str
    quote: str
    turns: tuple[str, ...] = ()
    style: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


class Planter:
    """Makes cases from the turns that somebody says."""

    def __init__(self, corpus: Corpus, seed: int, styles: dict[str, str]) -> None:
        self.corpus = corpus
        self.dice = random.Random(seed)
        self.styles = styles
        every = [r for r in corpus.records() if r["text"]]
        self.records = [r for r in every if r["kind"] == "speech"]
        self.every = {r["turn_id"]: bare(r["text"]) for r in every}
        self.people = {r["speaker_id"]: r for r in self.records}
        self._style = 0

    def who(self, record: dict[str, Any]) -> str:
        """A way to name a speaker that leaves no doubt."""
        name, role = record["speaker"], record["role"]
        if name.casefold() != (role or "").casefold():
            return str(name)
        owner = next(
            (
                r["speaker"]
                for r in self.records
                if r["conversation_id"] == record["conversation_id"]
                and r["speaker_id"] != record["speaker_id"]
            ),
            None,
        )
        return f"{owner}’s {role}" if owner else f"the {role}"

    def told(self, quote: str, who: str, style: str | None = None) -> tuple[str, str]:
        """The quotation in a sentence, in one style after the other."""
        names = list(self.styles)
        if style is None:
            style = names[self._style % len(names)]
            self._style += 1
        comma = quote[:-1] + "," if quote.endswith(".") else quote
        text = self.styles[style].format(who=who, quote=quote, comma=comma, upper=who.upper())
        return text, style

    def pick(self, fits: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        return self.dice.choice([r for r in self.records if fits(r)])

    def case(self, sort: str, quote: str, turns: Sequence[str], who: str, **facts: Any) -> Case:
        text, style = self.told(quote, who)
        return Case(sort, text, quote, tuple(turns), style, facts)

    def verbatim(self) -> Case:
        """A whole turn, or a whole sentence of one."""
        record = self.pick(lambda r: len(said(r).split()) >= 5)
        quote = said(record)
        sentences = [s for s in parted(quote) if len(s.split()) >= 5]
        if self.dice.random() < 0.4 and sentences:
            quote = self.dice.choice(sentences)
        return self.case("verbatim", quote, [record["turn_id"]], self.who(record))

    def trimmed(self) -> Case:
        """Words left out inside, marked in some way or not at all, or at an end."""
        record = self.pick(lambda r: len(plain(r).split()) >= 12)
        words = plain(record).split()
        how = self.dice.randrange(5)
        size = len(words)
        if how == 4:
            # It ends amid a sentence.
            at = self.dice.randrange(6, size - 3)
            while at < size - 2 and words[at - 1][-1] in ".!?…":
                at += 1
            quote = " ".join(words[:at])
        else:
            a = self.dice.randrange(4, size - 6)
            b = self.dice.randrange(a + 2, min(size - 3, a + 14))
            mark = ("… ", "... ", "[...] ", "")[how]
            quote = f"{' '.join(words[:a])} {mark}{' '.join(words[b:])}"
        if self.stands(bare(quote)) and how < 4:
            # The turn says the same twice, and the cut led from the one to the other.
            return self.trimmed()
        return self.case("trimmed", quote, [record["turn_id"]], self.who(record), how=how)

    def stitched(self) -> Case:
        """Sentences or halves of two turns, or three, in their order."""
        for _ in range(200):
            record = self.pick(lambda r: len(plain(r).split()) >= 6)
            same = [
                r
                for r in self.records
                if r["conversation_id"] == record["conversation_id"]
                and r["position"] > record["position"]
                and len(plain(r).split()) >= 5
            ]
            own = [r for r in same if r["speaker_id"] == record["speaker_id"]]
            others = own if own and self.dice.random() < 0.8 else same
            if not others:
                continue
            chosen = [
                record,
                *sorted(
                    self.dice.sample(others, min(len(others), self.dice.choice([1, 1, 1, 2]))),
                    key=lambda r: r["position"],
                ),
            ]
            mark = self.dice.choice([" ", " ", " … ", " ... "])
            quote = mark.join(self.piece(r) for r in chosen)
            return self.case("stitched", quote, [r["turn_id"] for r in chosen], self.who(record))
        raise AssertionError("no two turns of one conversation")

    def piece(self, record: dict[str, Any]) -> str:
        """A whole turn, a sentence, or half a turn."""
        words = plain(record).split()
        sentences = [s for s in parted(plain(record)) if len(s.split()) >= 4]
        how = self.dice.random()
        if how < 0.35 and len(words) >= 12:
            half = len(words) // 2
            return " ".join(words[:half] if self.dice.random() < 0.5 else words[half:])
        if how < 0.65 and sentences:
            return self.dice.choice(sentences)
        return " ".join(words)

    def reordered(self) -> Case:
        """Sentences of one turn in another order, or two turns the wrong way round."""
        for _ in range(500):
            record = self.pick(lambda r: len(parted(plain(r))) >= 2)
            sentences = parted(plain(record))
            if self.dice.random() < 0.5:
                again = sentences[:]
                self.dice.shuffle(again)
                if bare(" ".join(again)) == bare(" ".join(sentences)):
                    continue
                if len(bare(" ".join(again))) < 7:
                    continue
                return self.case(
                    "reordered", " ".join(again), [record["turn_id"]], self.who(record)
                )
            later = [
                r
                for r in self.records
                if r["conversation_id"] == record["conversation_id"]
                and r["speaker_id"] == record["speaker_id"]
                and r["position"] > record["position"]
                and len(plain(r).split()) >= 5
            ]
            if later and len(plain(record).split()) >= 5:
                other = self.dice.choice(later)
                return self.case(
                    "reordered",
                    f"{plain(other)} {plain(record)}",
                    [other["turn_id"], record["turn_id"]],
                    self.who(record),
                )
        raise AssertionError("no turn of two sentences")

    def wrong_speaker(self) -> Case:
        """Somebody else's words."""
        record = self.pick(lambda r: len(said(r).split()) >= 6)
        others = [
            r
            for r in self.people.values()
            if r["speaker_id"] != record["speaker_id"] and self.who(r) != self.who(record)
        ]
        quote = said(record)
        words = plain(record).split()
        if len(words) >= 14 and self.dice.random() < 0.3:
            quote = " ".join(words[: self.dice.randrange(8, len(words) - 2)])
        other = self.dice.choice(others)
        return self.case("wrong speaker", quote, [record["turn_id"]], self.who(other))

    def paraphrase(self) -> Case:
        """What a turn says, as its summary has it, in a sentence without quotation marks."""
        record = self.pick(lambda r: len((r["gist"] or "").split()) >= 8)
        gist = record["gist"]
        text = f"{self.who(record)} {gist[0].lower()}{gist[1:]}"
        return Case("paraphrase", text[0].upper() + text[1:], "", (record["turn_id"],), "claim")

    def not_found(self) -> Case:
        """Words that nobody of the corpus says."""
        quote = self.dice.choice(INVENTED)
        record = self.dice.choice(list(self.people.values()))
        return self.case("not found", quote, [], self.who(record))

    def one(self, sort: str) -> Case:
        """A case of a class."""
        make: Callable[[], Case] = getattr(self, sort.replace(" ", "_"))
        return make()

    def fabricated(self) -> Case:
        """A quotation that is none: near the words of a turn, or made of the source's words."""
        for _ in range(1000):
            record = self.pick(lambda r: len(plain(r).split()) >= 5)
            words = plain(record).split()
            how = self.dice.choice(
                ["swap", "negate", "number", "recombine", "gist", "shuffle", "twin"]
            )
            at = self.dice.randrange(len(words))
            other = self.pick(lambda r: bool(plain(r)))
            if how == "swap":
                word = self.dice.choice(plain(other).split())
                words[at] = word
            elif how == "twin":
                words.insert(at, self.dice.choice(["really", "never", "almost", "just", "all"]))
            elif how == "negate":
                words.insert(at, "not")
            elif how == "number":
                digits = [i for i, w in enumerate(words) if re.search(r"\d", w)]
                if not digits:
                    continue
                i = self.dice.choice(digits)
                words[i] = re.sub(r"\d", lambda m: str((int(m[0]) + 3) % 10), words[i])
            elif how == "recombine":
                pool = [w for r in self.records for w in plain(r).split()]
                words = [self.dice.choice(pool) for _ in range(self.dice.randrange(5, 16))]
            elif how == "shuffle":
                self.dice.shuffle(words)
            else:
                words = (record["gist"] or "").split()
            quote = " ".join(words)
            flat = bare(quote)
            if len(flat) < 5 or self.stands(flat):
                continue
            return self.case("fabricated", quote, [record["turn_id"]], self.who(record), how=how)
        raise AssertionError("nothing to fabricate from")

    def stands(self, words: list[str]) -> bool:
        """Whether the words stand one after the other in some turn, looked for by brute force."""
        n = len(words)
        return any(
            turn[i : i + n] == words
            for turn in self.every.values()
            for i in range(len(turn) - n + 1)
        )

    def neighbours(self, turns: Sequence[str]) -> tuple[str | None, str | None]:
        """The turn before the first and the one after the last, in the same conversation."""
        table = self.corpus.whole.turns
        ids = list(table["turn_id"])
        talks = list(table["conversation_id"])
        rows = [ids.index(turn) for turn in turns]
        first, last = min(rows), max(rows)
        before = ids[first - 1] if first and talks[first - 1] == talks[first] else None
        after = ids[last + 1] if last + 1 < len(ids) and talks[last + 1] == talks[last] else None
        return before, after


def said(record: dict[str, Any]) -> str:
    """A turn's words without the marks around them and the directions before and after."""
    text = re.sub(r"^\s*\([^)]*\)\s*|\s*\([^)]*\)\s*$", "", record["text"])
    return text.strip().strip('“”"').strip()


def plain(record: dict[str, Any]) -> str:
    """The same without explanations in brackets."""
    return " ".join(re.sub(r"\([^)]*\)", " ", said(record)).split())


def parted(text: str) -> list[str]:
    """Sentences, by their full stops."""
    return [s for s in re.split(r"(?<=[.!?])\s+(?=[A-ZА-Я“])", text) if s]


def bare(text: str) -> list[str]:
    """Letters and digits only, word by word."""
    joined = re.sub(r"[’'‘]", "", text.casefold())
    return re.findall(r"[^\W_]+", joined)


INVENTED = (
    "The lighthouse keeper had painted every door a different shade of green.",
    "Nobody ever repaired the piano that my aunt bought in Lisbon.",
    "We drank cold tea and played chess until the ferry came.",
    "A violin teacher lives upstairs and her parrot whistles Mozart.",
    "The committee has postponed the election of its treasurer again.",
    "You could smell cinnamon from the bakery on the corner all morning.",
    "His bicycle was stolen twice outside the very same library.",
    "Three astronomers quarrelled about the colour of the comet.",
    "My dissertation on medieval bridges took eleven summers to finish.",
    "Please water the ferns while we are sailing to Iceland.",
)
