"""Other spellings of the same words: what a copy may say for what was published.

Nothing here decides anything.  Every way to read a stretch of a copy is only a candidate;
the published turn's fingerprint says whether it is the right one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple

import regex

from readerlib.attach.copytext import Copy
from readerlib.text import bare, fold

_MASK_SIGNS = regex.compile(r"[*#@$%&!_•·~^]+|[-–—‑.…]{2,}|…")
_FOREIGN_MASK = regex.compile(
    r"(?<=\p{L})[*#@$%_•·~]{2,}|(?<=\p{L})[*#@$•](?=\p{L})"
    r"|[\[(<]\s*(?:\p{L}+\s)?(?:expletive|profanity|obscenity|bleep|swear|curse)"
)
_EXPLETIVE = regex.compile(
    r"[\[(<{*_]+\s*(?:(?:strong|crude|foul)\s+)?"
    r"(?:expletives?|profanit(?:y|ies)|obscenit(?:y|ies)|bleep(?:ed|s|ing)?|swear(?:ing|s)?"
    r"(?:[\s-]?words?)?|curses?(?:[\s-]?words?)?|censored|redacted|vulgarity|vulgar|slur|"
    r"strong\s+language|[fs][\s-]?(?:word|bomb)s?)"
    r"(?:\s+(?:deleted|omitted|removed|masked|redacted))?\s*[\])>}*_]+(?:ing|ed|s|er|ers|less)?",
    regex.IGNORECASE,
)
_LONE_MASK = regex.compile(r"(?<![\p{L}\p{N}*#@$%&!])[*#@$%&!]{3,}(?![\p{L}\p{N}*#@$%&!])")
_UNMASKED = regex.compile(r"(mother)?(f)u+c?k\p{L}*|(mother)?(f)(?:ck|k|cking|kn|n)\p{L}*")
_LONGEST_HOLE = 32
_GUESSES = ("f", "s", "motherf", "bull", "b", "d", "a", "c", "p", "h", "w", "g", "m")
_HYPHENS = frozenset("-‐‑–—'’")
_MASKED_ENDS = frozenset(("ing", "in", "ed", "er", "ers", "king", "cking", "ck", "ked", "word"))
_SOFT = {"effing": ("f",), "eff": ("f",), "frigging": ("f",), "freaking": ("f",), "fing": ("f",)}

_NOISE = regex.compile(
    r"(?:[-–—*\[(>]\s*)?\b(?:advertisements?|ad|sponsored|(?:(?:story|article)\s+)?continues?\s+"
    r"(?:below|after)\s*(?:this\s+)?(?:the\s+)?(?:advertisements?|ad)?|scroll\s+to\s+continue"
    r"(?:\s+reading)?|skip\s+(?:past\s+|this\s+)?(?:newsletter\s+promotion|advertisement|ad)|"
    r"read\s+(?:more|also)|related\s+(?:articles?|stories|content)|recommended|"
    r"sign\s+up(?:\s+for\s+our\s+newsletter)?|share\s+this(?:\s+article)?|print\s+this\s+page|"
    r"continue\s+reading)\b(?:\s*[:\])*])?",
    regex.IGNORECASE,
)
_URL = regex.compile(r"[<(\[]?\bhttps?://[^\s<>)\]]+[>)\]]?|\bwww\.[^\s<>)\]]+")
_REFERENCE = regex.compile(r"\[\s?\d{1,3}\s?\]|\(\d\)")
_LINE_NUMBER = regex.compile(r"(?m)^[ \t>]*[\[(]?\d[\d:.,]*[\])]?[.:]?[ \t]+(?=\S)")
_BROKEN = regex.compile(r"(\p{L}+)[-‐‑¬][ \t]*\n[ \t>]*(\p{L}+)")
_BROKEN_INLINE = regex.compile(r"(\p{L}+)[-‐‑¬][ \t]+(\p{Ll}+)")
_BROKEN_APOSTROPHE = regex.compile(
    r"(\p{L}+)(?:[ \t]+['’‘ʼ]|['’‘ʼ´`][ \t]+|[ \t]*[´`′?][ \t]*)(s|t|m|re|ve|ll|d|em)\b",
    regex.IGNORECASE,
)
_LOST_APOSTROPHE = regex.compile(r"(\p{L}+)[ \t]+(s|t|m|re|ve|ll|d)\b", regex.IGNORECASE)
_GROUPED = regex.compile(r"\d{1,3}(?:[\s\u00a0\u202f]\d{3})+(?!\d)")
_FRACTION = regex.compile(r"(\d+)[\s-]*(\d)\s?[/⁄]\s?(\d)")
_DECIMAL = regex.compile(r"\d+[.,](5|25|75)\b")
_PERCENT = regex.compile(r"(?<=\d)\s*(per\s?cent)\b", regex.IGNORECASE)

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"
)
_TENS = "thirty forty fifty sixty seventy eighty ninety"
_NUMBERS = {
    **{str(n): word for n, word in enumerate(_SMALL.split())},
    **{f"{n}0": word for n, word in enumerate(_TENS.split(), 3)},
    "100": "hundred",
}

_ALIKE = [
    ("ok", "okay", "o k"),
    ("us", "u s", "usa"),
    ("uk", "u k"),
    ("tv", "t v"),
    ("tshirt", "t shirt", "tee shirt"),
    ("tshirts", "t shirts", "tee shirts"),
    ("mom", "mum"),
    ("moms", "mums"),
    ("kyiv", "kiev"),
    ("chernobyl", "chornobyl"),
    ("zelenskyy", "zelensky", "zelenskiy", "zelenski", "selenskyj"),
    ("volodymyr", "vladimir"),
    ("gray", "grey"),
    ("mhm", "mmhm", "mm hm", "m hm", "mmhmm", "mm hmm", "uh huh", "hmm"),
    ("yeah", "yea", "yeh"),
    ("nope", "nop"),
    ("alright", "all right"),
    ("cannot", "can not"),
    ("anymore", "any more"),
    ("everyday", "every day"),
    ("cellphone", "cell phone"),
    ("cleanshaven", "clean shaven"),
    ("program", "programme"),
    ("programs", "programmes"),
    ("defense", "defence"),
    ("toward", "towards"),
    ("while", "whilst"),
    ("among", "amongst"),
    ("draft", "draught"),
    ("pajamas", "pyjamas"),
    ("jewelry", "jewellery"),
    ("check", "cheque"),
    ("tire", "tyre"),
    ("kilos", "kilogrammes"),
    ("kilograms", "kilogrammes", "kg"),
    ("kilometers", "kilometres", "km"),
    ("meters", "metres", "m"),
    ("feb", "february"),
    ("jan", "january"),
    ("aug", "august"),
    ("sept", "september", "sep"),
    ("oct", "october"),
    ("nov", "november"),
    ("dec", "december"),
    ("awol", "a w o l"),
]
_RULES = [
    (regex.compile(pattern), instead)
    for pattern, instead in [
        (r"our(?=(?:s|ed|ing|ly|able|ful|hood|ite|ites)?$)", "or"),
        (r"(?<=[bhlmnv])or(?=(?:s|ed|ing|ly|able|ful|hood|ite|ites)?$)", "our"),
        (r"is(?=(?:e|es|ed|ing|ation|ations|er|ers)$)", "iz"),
        (r"iz(?=(?:e|es|ed|ing|ation|ations|er|ers)$)", "is"),
        (r"ys(?=(?:e|es|ed|ing)$)", "yz"),
        (r"yz(?=(?:e|es|ed|ing)$)", "ys"),
        (r"(?<=[bt])re(?=s?$)", "er"),
        (r"(?<=[bt])er(?=s?$)", "re"),
        (r"ll(?=(?:ed|ing|er|ers)$)", "l"),
        (r"(?<=[aeiou])l(?=(?:ed|ing|er|ers)$)", "ll"),
        (r"ence$", "ense"),
        (r"ense$", "ence"),
        (r"ogue(?=s?$)", "og"),
        (r"og(?=s?$)", "ogue"),
    ]
]


def _alike() -> dict[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for group in _ALIKE:
        parted = [tuple(form.split()) for form in group]
        for form in parted:
            found[form] += [other for other in parted if other != form]
    for digits, word in _NUMBERS.items():
        found[(digits,)].append((word,))
        found[(word,)].append((digits,))
    return {form: tuple(others) for form, others in found.items()}


_TABLE = _alike()
_LONGEST = max(map(len, _TABLE))


@lru_cache(maxsize=1 << 14)
def variants(word: str) -> tuple[str, ...]:
    """Other regular spellings of a bare word, British for American and back.

    Examples
    --------
    >>> variants("travelling"), variants("colour")
    (('traveling',), ('color',))
    """
    if len(word) < 4:
        return ()
    return tuple(
        dict.fromkeys(
            other for pattern, instead in _RULES if (other := pattern.sub(instead, word)) != word
        )
    )


def masked_otherwise(text: str) -> bool:
    """Whether strong language is masked with other signs than dashes.

    Examples
    --------
    >>> masked_otherwise("the f*** fog"), masked_otherwise("the f——— fog")
    (True, False)
    """
    return bool(_FOREIGN_MASK.search(text))


class Option(NamedTuple):
    """One way to read a copy from a word on: it stands for `words`, and `then` follows.

    Examples
    --------
    >>> Option(4, ("okay",), 1, True).cost
    1
    """

    then: int
    words: tuple[str, ...]
    cost: int
    respelt: bool
    edit: tuple[int, int, str] | None = None


class Reading(NamedTuple):
    """A stretch of a copy, read as `joined` words.

    Examples
    --------
    >>> Reading(0, 6, b"one two", False, ()).end
    6
    """

    start: int
    end: int
    joined: bytes
    respelt: bool
    edits: tuple[tuple[int, int, str], ...]


class Step(NamedTuple):
    """A stretch of the copy from one word to the next step, and the words it is read as.

    Examples
    --------
    >>> Step(0, 2, ("really",), False, None).then
    2
    """

    at: int
    then: int
    words: tuple[str, ...]
    respelt: bool
    edit: tuple[int, int, str] | None


class Preferred:
    """A copy read in its likeliest way: its words, and the step each of them comes from."""

    def __init__(self, copy: Copy, steps: Sequence[Step]) -> None:
        self.copy = copy
        self.steps = steps
        self.words: list[bytes] = []
        self.origin: list[int] = []
        self.index: dict[int, int] = {}
        for s, step in enumerate(steps):
            self.index[step.at] = len(self.words)
            self.words += [word.encode() for word in step.words]
            self.origin += [s] * len(step.words)
        letters = regex.findall(r"\p{L}", copy.text)
        self._all_capitals = sum(map(str.isupper, letters)) * 2 > len(letters)
        self._text = b" ".join(self.words)
        self._offsets = [0, *accumulate(len(word) + 1 for word in self.words)]

    def joined(self, i: int, j: int) -> bytes:
        """The words from `i` to `j`, joined by spaces."""
        return self._text[self._offsets[i] : max(self._offsets[i], self._offsets[j] - 1)]

    def ends(self, j: int, limit: int) -> bool:
        """Whether words up to `j` end at an edge of the copy, and not beyond `limit`."""
        if not 0 < j <= len(self.words):
            return False
        then = self.steps[self.origin[j - 1]].then
        return then <= limit and (then == limit or self.copy.edge[then])

    def foreign(self, i: int, j: int) -> bool:
        """Whether words look put in by a page: on lines of their own, or a sentence amid one."""
        copy = self.copy
        first, after = self.steps[self.origin[i]].at, self.steps[self.origin[j]].at
        if copy.line[first] and copy.line[after]:
            return True
        capital = (
            not self._all_capitals
            and copy.text[copy.starts[first]].isupper()
            and not copy.edge[first]
        )
        return (capital and copy.edge[after]) or (capital and j - i > 5)

    def reading(
        self, i: int, j: int, joined: bytes, respelt: bool, hole: tuple[int, int] | None = None
    ) -> Reading:
        """The words from `i` to `j` as a reading, without those of the `hole`."""
        first, last = self.origin[i], self.origin[j - 1]
        edits = []
        for s in range(first, last + 1):
            step = self.steps[s]
            respelt = respelt or step.respelt
            if step.edit:
                edits.append(step.edit)
        if hole:
            before, after = self.steps[self.origin[hole[0] - 1]], self.steps[self.origin[hole[1]]]
            start, end = self.copy.ends[before.then - 1], self.copy.starts[after.at]
            edits = [e for e in edits if e[1] <= start or e[0] >= end]
            edits.append((start, end, " "))
        return Reading(self.steps[first].at, self.steps[last].then, joined, respelt, tuple(edits))


class Spellings:
    """All ways in which a copy can be read otherwise than by its letters.

    Examples
    --------
    >>> spellings = Spellings(Copy("It is re-\\nally f**king cold, OK"))
    >>> [r.joined.decode() for r in spellings.readings(0, 6, 0, {6, 8})]
    ['it is really f cold ok']
    """

    def __init__(self, copy: Copy) -> None:
        self.copy = copy
        self.steps = 0
        self._options: dict[int, list[Option]] = defaultdict(list)
        self._plain: dict[int, int] = {}
        self._find_noise()
        self._find_breaks()
        self._find_masks()
        self._find_numbers()
        self._find_alike()
        self._specials = sorted(self._options)

    def readings(self, start: int, length: int, cost: int, stops: set[int]) -> Iterator[Reading]:
        """Every reading of `length` words from `start` on at exactly this `cost`.

        Its end is an edge of the copy, or one of `stops`.
        """
        yield from self._walk(start, start, length, cost, b"", False, (), stops)

    def _walk(
        self,
        start: int,
        at: int,
        left: int,
        cost: int,
        said: bytes,
        respelt: bool,
        edits: tuple[tuple[int, int, str], ...],
        stops: set[int],
    ) -> Iterator[Reading]:
        self.steps += 1
        copy = self.copy
        nearest = bisect_left(self._specials, at)
        special = self._specials[nearest] if nearest < len(self._specials) else len(copy)
        run = min(left, special - at)
        if run and at + run <= len(copy):
            said = said + b" " + copy.joined(at, at + run) if said else copy.joined(at, at + run)
            at, left = at + run, left - run
        if left == 0:
            if cost == 0 and (at in stops or copy.edge[at]):
                yield Reading(start, at, said, respelt, edits)
            return
        if at != special or at >= len(copy):
            return
        plain = self._plain.get(at, 0)
        for option in self._options[at]:
            if option.cost <= cost and len(option.words) <= left and (said or option.words):
                more = " ".join(option.words).encode()
                yield from self._walk(
                    start,
                    option.then,
                    left - len(option.words),
                    cost - option.cost,
                    said + b" " + more if said and more else said or more,
                    respelt or option.respelt,
                    (*edits, option.edit) if option.edit else edits,
                    stops,
                )
        if plain <= cost:
            word = copy.words[at].encode()
            # The word as it stands; then on, as if there were no other way here.
            yield from self._walk(
                start,
                at + 1,
                left - 1,
                cost - plain,
                said + b" " + word if said else word,
                respelt,
                edits,
                stops,
            )

    @cached_property
    def preferred(self) -> Preferred:
        """The whole copy read in the likeliest way."""
        steps: list[Step] = []
        at = 0
        while at < len(self.copy):
            best = next((o for o in self._options.get(at, ()) if o.cost == 0), None)
            if best and self._plain.get(at, 0) > 0:
                steps.append(Step(at, best.then, best.words, best.respelt, best.edit))
                at = best.then
            else:
                steps.append(Step(at, at + 1, (self.copy.words[at],), False, None))
                at += 1
        return Preferred(self.copy, steps)

    def mended(self, start: int, length: int, limit: int) -> Iterator[Reading]:
        """The likeliest reading with two words joined, one parted, or some words left out.

        What is left out stands in one place and is what a page put there, such as a caption.
        """
        read = self.preferred
        first = read.index.get(start)
        if first is None:
            return
        words = read.words
        last = first + length + 1
        if read.ends(last, limit):
            for i in range(first, last - 1):
                both = words[i] + words[i + 1]
                parts = [read.joined(first, i), both, read.joined(i + 2, last)]
                yield read.reading(first, last, b" ".join(filter(None, parts)), True)
        last = first + length - 1
        if last > first and read.ends(last, limit):
            for i in range(first, last):
                word = words[i].decode()
                for k in range(1, len(word)):
                    halves = f"{word[:k]} {word[k:]}".encode()
                    parts = [read.joined(first, i), halves, read.joined(i + 1, last)]
                    yield read.reading(first, last, b" ".join(filter(None, parts)), True)
        for last in range(first + length + 1, first + length + _LONGEST_HOLE + 1):
            if read.ends(last, limit):
                hole = last - first - length
                for i in range(first + 1, last - hole):
                    if not read.foreign(i, i + hole):
                        continue
                    said = read.joined(first, i) + b" " + read.joined(i + hole, last)
                    yield read.reading(first, last, said, False, (i, i + hole))

    def noise(self, i: int) -> bool:
        """Whether what begins at the word `i` is surely not part of what is said."""
        return any(not o.words and o.cost == 0 for o in self._options.get(i, ()))

    def _at(self, place: int) -> int:
        return bisect_left(self.copy.starts, place)

    def _add(self, i: int, option: Option, plain: int = 0) -> None:
        if option.then > i and option not in self._options[i]:
            self._options[i].append(option)
        self._plain[i] = max(plain, self._plain.get(i, 0))

    def _skip(self, start: int, end: int, cost: int, plain: int) -> None:
        """What stands from `start` to `end` of the text is not part of what is said."""
        i, j = self._at(start), self._at(end)
        if i < j:
            self._add(i, Option(j, (), cost, False, (start, end, " ")), plain)

    def _find_noise(self) -> None:
        text = self.copy.text
        for pattern in (_NOISE, _URL, _REFERENCE):
            for found in pattern.finditer(text):
                self._skip(found.start(), found.end(), 0, 1)
        for found in _LINE_NUMBER.finditer(text):
            self._skip(found.start(), found.end(), 1, 0)
        lines = self.copy.lines
        shapes = [regex.sub(r"\d+", "0", self.copy.joined(i, j).decode()) for i, j in lines]
        often = Counter(shapes)
        known = [
            s.replace("page", "").replace("of", "").strip("0 ") == ""
            or (often[s] > 2 and j - i < 15)
            for s, (i, j) in zip(shapes, lines, strict=True)
        ]
        for k, (i, _) in enumerate(lines):
            if k == 0:
                continue
            for more in range(1, 5):
                if k + more >= len(lines):
                    break
                sure = all(known[k : k + more])
                then = lines[k + more][0]
                edit = (
                    self.copy.ends[i - 1] + _kept(self.copy.before(i)),
                    self.copy.starts[then],
                    " ",
                )
                lead = len(self.copy.before(then)) - len(self.copy.before(then).rsplit("\n", 1)[-1])
                edit = (edit[0], self.copy.ends[then - 1] + lead, " ")
                self._add(i, Option(then, (), 0 if sure else 2 + more // 3, False, edit), int(sure))

    def _find_breaks(self) -> None:
        copy = self.copy
        for pattern, cost, plain in (
            (_BROKEN, 0, 1),
            (_BROKEN_INLINE, 1, 0),
            (_BROKEN_APOSTROPHE, 0, 1),
            (_LOST_APOSTROPHE, 1, 0),
        ):
            for found in pattern.finditer(copy.text, overlapped=True):
                i, j = self._at(found.start(1)), self._at(found.start(2))
                if j != i + 1 or copy.starts[i] > found.start(1) or j >= len(copy):
                    continue
                mark = "’" if pattern in (_BROKEN_APOSTROPHE, _LOST_APOSTROPHE) else ""
                shown = copy.text[copy.starts[i] : found.end(1)] + mark
                edit = (copy.starts[i], found.start(2), shown)
                # A hyphen at a line's end is the layout's, or the word's own: both are tried.
                joined = copy.words[i] + copy.words[j]
                self._add(i, Option(j + 1, (joined,), cost, bool(mark), edit), plain)
        # A page's own line may part a word: its other half begins the line after.
        lines = copy.lines
        for k in range(len(lines) - 2):
            last = lines[k][1] - 1
            if not regex.match(r"[-‐‑¬][ \t]*\n", copy.before(last + 1)):
                continue
            for then, _ in lines[k + 2 : k + 6]:
                shown = copy.text[copy.starts[last] : copy.ends[last]]
                edit = (copy.starts[last], copy.starts[then], shown)
                joined = copy.words[last] + copy.words[then]
                self._add(last, Option(then + 1, (joined,), 1, False, edit))

    def _find_masks(self) -> None:
        copy = self.copy
        for i, word in enumerate(copy.words):
            after = copy.before(i + 1)
            signs = _MASK_SIGNS.match(after)
            if signs and word.isalpha() and len(word) <= 8:
                self._add_masked(i, after, signs[0])
            elif word in _SOFT:
                self._add(i, Option(i + 1, _SOFT[word], 1, True))
            elif after in _HYPHENS and word in _GUESSES and copy.words[i + 1 : i + 2]:
                if copy.words[i + 1] in _MASKED_ENDS:
                    self._add(i, Option(i + 2, (word,), 0, True), 1)
            elif "shit" in word:
                head, _, tail = word.partition("shit")
                words = (head,) if head else ("s", "less") if tail == "less" else ("s",)
                self._add(i, Option(i + 1, words, 0, True), 1)
            elif _UNMASKED.fullmatch(word):
                self._add(i, Option(i + 1, ("motherf" if word[0] == "m" else "f",), 0, True), 1)
        for found in _EXPLETIVE.finditer(copy.text):
            i, j = self._at(found.start()), self._at(found.end())
            for rank, guess in enumerate(_GUESSES):
                self._add(i, Option(j, (guess,), 0 if rank < 2 else 1, True), 2)
            for guesses in (("s", "less"), ("f", "f"), ()):
                self._add(i, Option(j, guesses, 1, True), 2)
            stuck = i and not copy.before(i).strip("[(<{*_- ") and copy.words[i - 1]
            if stuck in ("bull", "mother", "motherf"):
                self._add(i - 1, Option(j, ("bull" if stuck == "bull" else "motherf",), 0, True), 1)
        for found in _LONE_MASK.finditer(copy.text):
            following = bisect_right(copy.starts, found.start())
            for guess in ("f", "s", "motherf", "bull", "b"):
                cost = 0 if guess in "fs" else 1
                if following:
                    words = (copy.words[following - 1], guess)
                    self._add(following - 1, Option(following, words, cost, True), 1)
                if following < len(copy):
                    words = (guess, copy.words[following])
                    self._add(following, Option(following + 1, words, cost, True), 1)

    def _add_masked(self, i: int, after: str, signs: str) -> None:
        copy = self.copy
        word = copy.words[i]
        head = next((h for h in ("motherf", "bull") if word.startswith(h[:6])), word[0])
        stuck = after == signs and i + 1 < len(copy)
        then = i + 2 if stuck else i + 1
        tail = copy.words[i + 1] if stuck else ""
        plain = int(stuck and signs[0] not in "-–—.…")
        if tail.endswith("less"):
            self._add(i, Option(then, (head, "less"), 0, True), plain)
        self._add(i, Option(then, (head,), 0 if plain or not stuck else 1, True), plain)
        if len(word) > 1 and head != word:
            self._add(i, Option(i + 1, (head,), 1, True), plain)
        # f*** *ing and the like: the signs alone stand for the rest.
        if not stuck and word == head and "…" not in signs and "." not in signs:
            self._options[i] = [o for o in self._options[i] if o.words != (word,)]
            if not self._options[i]:
                del self._options[i]

    def _find_numbers(self) -> None:
        copy = self.copy
        for found in _GROUPED.finditer(copy.text):
            i, j = self._at(found.start()), self._at(found.end())
            self._add(i, Option(j, ("".join(copy.words[i:j]),), 0, True), 1)
        for found in _FRACTION.finditer(copy.text):
            i, j = self._at(found.start()), self._at(found.end())
            self._add(i, Option(j, ("".join(found.groups()),), 0, True), 1)
        for found in _DECIMAL.finditer(copy.text):
            i = self._at(found.start())
            if i < len(copy) and copy.starts[i] == found.start():
                part = {"5": "12", "25": "14", "75": "34"}[found[1]]
                whole = bare(fold(found[0][: -len(found[1]) - 1]))
                self._add(i, Option(i + 1, (whole + part,), 1, True))
        for found in _PERCENT.finditer(copy.text):
            i, j = self._at(found.start(1)), self._at(found.end())
            self._add(i, Option(j, (), 1, True))
        for sign, said in (("%", ("percent",)), ("&", ("and",))):
            at = copy.text.find(sign)
            while at >= 0:
                i = bisect_right(copy.starts, at) - 1
                if i >= 0:
                    self._add(i, Option(i + 1, (copy.words[i], *said), 1, True))
                at = copy.text.find(sign, at + 1)

    def _find_alike(self) -> None:
        words = self.copy.words
        for i, word in enumerate(words):
            if word == "l":
                self._add(i, Option(i + 1, ("i",), 0, True), 1)
            for other in variants(word):
                self._add(i, Option(i + 1, (other,), 1, True))
            if word.endswith("s"):
                for instead in _TABLE.get((word[:-1],), ()):
                    self._add(i, Option(i + 1, (*instead[:-1], instead[-1] + "s"), 1, True))
            for width in range(1, _LONGEST + 1):
                for instead in _TABLE.get(tuple(words[i : i + width]), ()):
                    if i + width <= len(words):
                        self._add(i, Option(i + width, instead, 1, True))


def _kept(gap: str) -> int:
    """How much of what stands before a line still belongs to the line above."""
    return len(gap.split("\n", 1)[0])
