"""To whom a retelling gives a quotation: names and relations, looked up among the speakers.

A name or a relation ("Leonid", "his mother", "Leonid's mother") says who may be meant; a
pronoun says nothing that could be wrong.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, NamedTuple

import regex

from readerlib.compare.quoting import LABEL, Part
from readerlib.corpus import Corpus
from readerlib.text import Token, bare, tokens

How = Literal["label", "before", "after", "pronoun", "speaker of the turn", ""]

SPEECH = regex.compile(
    r"(?:said|says?|saying|tell(?:s|ing)?|told|ask(?:s|ed|ing)?|repl(?:y|ies|ied|ying)|answer(?:s|ed|ing)?|"
    r"add(?:s|ed|ing)?|explain(?:s|ed|ing)?|recall(?:s|ed|ing)?|wr(?:ote|ites?|iting)|shout(?:s|ed|ing)?|"
    r"whisper(?:s|ed|ing)?|cr(?:ied|ies|ying)|laugh(?:s|ed|ing)?|exclaim(?:s|ed|ing)?|"
    r"admit(?:s|ted|ting)?|confess(?:es|ed|ing)?|insist(?:s|ed|ing)?|respond(?:s|ed|ing)?|"
    r"continue[sd]?|continuing|declare[sd]?|declaring|warn(?:s|ed|ing)?|beg(?:s|ged|ging)?|plead(?:s|ed|ing)?|joke[sd]?|"
    r"joking|remark(?:s|ed|ing)?|note[sd]?|noting|state[sd]?|stating|claim(?:s|ed|ing)?|call(?:s|ed)?|"
    r"describe[sd]?|describing|mutter(?:s|ed|ing)?|sigh(?:s|ed|ing)?|protest(?:s|ed|ing)?|report(?:s|ed|ing)?|"
    r"boast(?:s|ed|ing)?|brag(?:s|ged|ging)?|complain(?:s|ed|ing)?|agree[sd]?|agreeing|object(?:s|ed|ing)?|"
    r"wonder(?:s|ed|ing)?|urge[sd]?|urging|promise[sd]?|promising|retort(?:s|ed|ing)?|comment(?:s|ed|ing)?|"
    r"observe[sd]?|observing|announce[sd]?|announcing|reveal(?:s|ed|ing)?|repeat(?:s|ed|ing)?|"
    r"inform(?:s|ed|ing)?|assure[sd]?|assuring|greet(?:s|ed|ing)?|put|puts|went|goes|concede[sd]?|"
    r"stammer(?:s|ed|ing)?|murmur(?:s|ed|ing)?|scream(?:s|ed|ing)?|yell(?:s|ed|ing)?|snap(?:s|ped)?|"
    r"sob(?:s|bed|bing)?|implore[sd]?|imploring|advise[sd]?|advising|according|words|quote[sd]?|"
    r"speak(?:s|ing)?|spoke|acknowledge[sd]?|counter(?:s|ed)?|offer(?:s|ed)?|conclude[sd]?|reflect(?:s|ed)?|"
    r"reason(?:s|ed)?|inquire[sd]?|think(?:s|ing)?|thought|encourag(?:es?|ed|ing)|"
    r"сказал[аи]?|говорит|ответил[аи]?|отвечает|спросил[аи]?|спрашивает|"
    r"сказав|сказала|каже|відповів|відповіла|питає|запитав|запитала|sagte|sagt|fragte|antwortete|dit|répondit|demanda)"
)
_PRONOUNS_LIST = "he she they i we who him her them me us it you он она они я мы він вона вони"
_PRONOUNS = frozenset(_PRONOUNS_LIST.split())
_SUBJECTS_LIST = "he she they i we who он она они я мы він вона вони er sie il elle"
_SUBJECTS = frozenset(_SUBJECTS_LIST.split())
_DETERMINERS_LIST = "his her their the a an one my your our this that another"
_DETERMINERS = frozenset(_DETERMINERS_LIST.split())
_ALSO = {
    "mom": "mother",
    "mum": "mother",
    "mama": "mother",
    "mommy": "mother",
    "mummy": "mother",
    "dad": "father",
    "papa": "father",
    "daddy": "father",
    "kid": "child",
    "daughter": "child",
    "fiancee": "girlfriend",
    "serviceman": "soldier",
    "conscript": "soldier",
    "paratrooper": "soldier",
    "fighter": "soldier",
    "recruit": "soldier",
    "trooper": "soldier",
    "private": "soldier",
}
_ON = frozenset(("then", "and", "but", "so"))
_ACROSS = {
    "son": ("mother", "father"),
    "boy": ("mother", "father"),
    "husband": ("wife",),
    "wife": ("husband",),
    "boyfriend": ("girlfriend",),
    "partner": ("girlfriend", "wife", "boyfriend", "husband"),
    "father": ("child",),
}
"""Who is named by whom he or she speaks with: a mother's son."""
_TELLERS_LIST = "reporter narrator reteller author editor journalist interviewer"
_TELLERS = frozenset(_TELLERS_LIST.split())
_NO_SPEAKERS = (
    ("sources", "author"),
    ("sources", "publisher"),
    ("conversations", "place"),
    ("events", "place"),
)
"""Table and column of names that an account gives beside somebody's words."""
_NO_NAMES_LIST = (
    "speaker caller voice someone somebody one man woman person people male female quote text "
    "quotation case item note source line passage question answer example title headline "
    "update warning summary transcript call conversation translation he she they it i we you "
    "but and so yet then when while after before later once as in on at for with by if to "
    "from now today yesterday this that these those there here his her their my our your its "
    "what the a an also still even perhaps maybe however meanwhile instead finally first "
    "second third another other both all some many most each every no yes not or nor because "
    "although though since until unlike like according again q s1 s2 who which where why how "
    "russian ukrainian russians ukrainians russia ukraine american monday tuesday wednesday "
    "thursday friday saturday sunday january february march april may june july august "
    "september october november december press associated times post news agency radio reveal "
    "bbc cnn ap reuters newspaper magazine report reporters article journalists investigators "
    "officials intercepts recordings soldiers troops mothers wives families"
)
_NO_NAMES = frozenset(_NO_NAMES_LIST.split())
_LETTERS = regex.compile(r"[\p{L}]")


_KEYED = regex.compile(
    r"(?i)\b(?:speaker|said by|spoken by|attributed to|who)\s*[:=]\s*(?P<who>[^\n.;:“\"]{2,50})"
)
KEYS_OF_SPEAKERS = frozenset(("speaker", "who", "name", "said by", "spoken by", "attributed to"))
"""What stands before a colon where a list of quotations names the speaker on a line of its own."""
_OBJECT = regex.compile(r"(?i)\b(?:to|with|by|for|from|of|about|at|against|like|than)\s*\Z")
_PASSIVE = regex.compile(r"(?i)\b(?:was|were|been|being|is|are|got)\s+(?:\p{Ll}+ly\s+)?\Z")
_LEADS_ON = regex.compile(
    r"(?:\s*(?:\p{Lu}[\p{L}’'.]*|\p{Ll}+ly|as|then|so|and|but|which|that|this|was|is|how|what|a|an|the"
    r"|young|old|former|another|one|replied|said|when|where)[\s,]*){0,4}"
)
_POINTS_BACK = regex.compile(r"(?:That|This|It) (?:is|was) (?:what|how)\b|So (?:said|spoke|says)\b")
_DIRECT = regex.compile(r"[\s,]*(?:\p{L}+\s+){0,3}")
_COPULA = regex.compile(
    r"\s*(?:are|were|is|was|come|came|belong|belongs)\s+(?:\p{Ll}+\s+){0,4}?(?=\S)"
)


class Mention(NamedTuple):
    """A person named in a stretch of text: where, and who may be meant.

    ``sure``: a name or a relation, not a pronoun; ``named``: a name; ``owned``: somebody's
    relation, "his mother", without a word on whose; ``teller``: nothing can be held against
    it.  Nobody is meant where the name is no speaker's.
    """

    start: int
    end: int
    ids: frozenset[str]
    sure: bool
    teller: bool = False
    named: bool = False
    owned: bool = False


@dataclass(frozen=True)
class Attribution:
    """To whom a quotation is given: as it is written, how it was found, who may be meant.

    ``ids`` is None where nothing can be held against it: no attribution, a pronoun, or the
    publication as a whole.

    Examples
    --------
    >>> Attribution("he", "pronoun").ids is None
    True
    """

    name: str = ""
    how: How = ""
    ids: frozenset[str] | None = None
    owned: bool = False


class Scope(NamedTuple):
    """Where the attribution of a quotation may stand.

    ``first`` and ``last`` reach from the quotation before it to the one after it;
    ``paragraph`` holds all of them; ``parts`` are its own, with their marks.

    Examples
    --------
    >>> Scope(0, 40, Part(0, 40), (Part(5, 20),)).outside()
    [(0, 5), (20, 40)]
    """

    first: int
    last: int
    paragraph: Part
    parts: tuple[Part, ...]

    def outside(self) -> list[tuple[int, int]]:
        """The paragraph without the quotation."""
        edges = [self.paragraph.start, *(at for part in self.parts for at in part)]
        edges.append(self.paragraph.end)
        return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]


class People:
    """The speakers of a corpus, by the ways in which an account may name them."""

    def __init__(self, corpus: Corpus, rows: Iterable[int]) -> None:
        whole = corpus.whole
        records = whole.records_of(list(rows))
        self.names: dict[tuple[str, ...], set[str]] = defaultdict(set)
        self.roles: dict[str, set[str]] = defaultdict(set)
        self.near: dict[str, set[str]] = defaultdict(set)
        self.tellers: set[str] = set()
        self.called: dict[str, str] = {}
        self._known: set[str] = set()
        # Who reports somebody's words does not claim them, nor does the place of a call.
        tables = whole.tables()
        named = [
            *(
                cell
                for table, column in _NO_SPEAKERS
                if table in tables and column in tables[table]
                for cell in set(tables[table][column])
            ),
            *(
                name
                for facet in whole.descriptor.facets
                if facet.column == "annotations.place"
                for name in whole.valued(facet.name)[0]
            ),
        ]
        self._known.update(bare(token.word) for token in tokens(" ".join(named)))
        stories: dict[str, set[str]] = defaultdict(set)
        talks: dict[str, set[str]] = defaultdict(set)
        for record in records:
            one = str(record["speaker_id"])
            for said in map(str, filter(None, (record["gist"], record["text"]))):
                # A word that is always written with a capital is a name there too.
                self._known.update(
                    bare(token.word) for token in tokens(said) if not _capital(said, token)
                )
            if record["kind"] == "cut" or not record["speaker"]:
                continue
            self.called.setdefault(one, str(record["speaker"]))
            role = [bare(token.word) for token in tokens(str(record["role"] or ""))]
            name = tuple(bare(token.word) for token in tokens(str(record["speaker"])))
            if role and role[0] in _TELLERS:
                self.tellers.add(one)
            for word in role[:1]:
                self.roles[word].add(one)
            if len(name) == 1 and (name[0] in role or name[0] in _ALSO or name[0] in _ACROSS):
                self.roles[name[0]].add(one)
            elif name:
                self.names[name].add(one)
                if name[0] == "the" and len(name) > 1:
                    self.names[name[1:]].add(one)
            talks[str(record["conversation_id"])].add(one)
            for facet in corpus.descriptor.path:
                if record.get(facet):
                    stories[str(record[facet])].add(one)
        ids = list(self.called)
        for group in talks.values():
            for one in group - self.tellers:
                self.near[one] |= group - self.tellers
        by_name = {name: one for one, name in self.called.items()}
        for story, group in stories.items():
            owner = by_name.get(story)
            if owner:
                self.near[owner] |= group - self.tellers
        self._ids = ids
        # Several people of one name are told apart by whom they speak with, not by it.
        for name in [name for name, who in self.names.items() if len(name) == 1 and len(who) > 1]:
            self.roles[name[0]] |= self.names.pop(name)
        self._known.update(word for name in self.names for word in name)
        self._scripts = {_script(name) for name in self.called.values()}
        self._longest = max((len(name) for name in self.names), default=1)

    def mentions(self, text: str, start: int, end: int) -> list[Mention]:
        """Everybody named in a stretch, in its order; name and role together are one."""
        stretch = text[start:end]
        found: list[Mention] = []
        words = tokens(stretch)
        i = 0
        while i < len(words):
            mention, taken = self._mention(stretch, words, i)
            if mention:
                here = mention._replace(start=start + mention.start, end=start + mention.end)
                last = found[-1] if found else None
                # "The soldier Leonid", "Olya, Ivan's girlfriend": one person, named twice.
                both = last.ids & here.ids if last and last.sure and here.sure else frozenset()
                if last and both and not text[last.end : here.start].strip(" ,"):
                    found[-1] = here._replace(start=last.start, ids=both)
                else:
                    found.append(here)
            i += taken
        return found

    def alone(self, text: str, start: int, end: int) -> Mention | None:
        """The person named in a stretch that says nothing else."""
        found = [m for m in self.mentions(text, start, end) if m.sure and m.ids]
        if len(found) != 1:
            return None
        around = tokens(f"{text[start : found[0].start]} {text[found[0].end : end]}")
        # A number may count the lines, and a word like "then" lead on.
        counted = all(word.word.isdigit() or word.word in _ON for word in around)
        return found[0] if counted else None

    def _mention(self, text: str, words: Sequence[Token], i: int) -> tuple[Mention | None, int]:
        token = words[i]
        for size in range(min(self._longest, len(words) - i), 0, -1):
            run = words[i : i + size]
            last, owns = _owner(run[-1].word)
            name = (*(bare(t.word) for t in run[:-1]), last)
            ids = self.names.get(name)
            if not ids or not _capital(text, run[-1] if size > 1 else token):
                continue
            after = i + size
            if owns and after < len(words):
                for ahead in (after, after + 1):
                    role = self._role(words, ahead)
                    if role is not None:
                        who = self.related(ids, role)
                        return Mention(token.start, words[ahead].end, who, True), ahead + 1 - i
            return (
                Mention(token.start, run[-1].end, frozenset(ids), True, ids <= self.tellers, True),
                size,
            )
        role = self._role(words, i)
        if role is not None:
            owner, taken = self._owner_after(text, words, i + 1)
            who = self.related(owner, role) if owner else self.by_role(role)
            if _owner(token.word)[1] and not taken:
                for ahead in (i + 1, i + 2):
                    other = self._role(words, ahead)
                    if other is not None:
                        end = words[ahead].end
                        return Mention(token.start, end, self.related(who, other), True), (
                            ahead + 1 - i
                        )
            begins = words[i - 1] if i and words[i - 1].word in _DETERMINERS else token
            plural = token.word not in (role, f"{role}'s") and bare(token.word) == f"{role}s"
            if not plural:
                teller = bool(who) and who <= self.tellers
                owned = not owner and begins.word in ("his", "her", "their")
                return (
                    Mention(begins.start, words[i + taken].end, who, True, teller, owned=owned),
                    1 + taken,
                )
        if token.word in _SUBJECTS:
            return Mention(token.start, token.end, frozenset(), False), 1
        if _capital(text, token) and self._is_name(words, i):
            size = 1
            while (
                i + size < len(words)
                and size < 3
                and self._is_name(words, i + size)
                and (
                    _capital(text, words[i + size])
                    and text[words[i + size - 1].end : words[i + size].start].strip(" .") == ""
                )
            ):
                size += 1
            run = words[i : i + size]
            if not _owner(run[-1].word)[1]:
                # In another script it may be a speaker's own name, spelt as it is there.
                foreign = bool(self._scripts) and _script(run[0].word) not in self._scripts
                return Mention(token.start, run[-1].end, frozenset(), True, foreign), size
        return None, 1

    def _is_name(self, words: Sequence[Token], i: int) -> bool:
        """Whether a word may be the name of somebody whom the source does not know."""
        word = _owner(words[i].word)[0]
        return (
            len(word) > 2
            and word.isalpha()
            and word not in _NO_NAMES
            and word not in self._known
            and not SPEECH.fullmatch(word)
        )

    def _role(self, words: Sequence[Token], i: int) -> str | None:
        """The relation or role that a word names."""
        if i >= len(words):
            return None
        word = _owner(words[i].word)[0]
        for form in (word, _ALSO.get(word, ""), word.removesuffix("s") if len(word) > 4 else ""):
            if form in self.roles or (form in _ACROSS and self._across(form)):
                return form
        return None

    def _owner_after(self, text: str, words: Sequence[Token], i: int) -> tuple[set[str], int]:
        """Whose: ``of Leonid`` after a relation."""
        if i + 1 < len(words) and words[i].word in ("of", "von", "de"):
            for size in range(min(self._longest, len(words) - i - 1), 0, -1):
                name = tuple(_owner(t.word)[0] for t in words[i + 1 : i + 1 + size])
                if name in self.names:
                    return self.names[name], size + 1
        return set(), 0

    def _across(self, role: str) -> set[str]:
        """Those who are named by whom they speak with."""
        others = set().union(*(self.roles.get(other, set()) for other in _ACROSS[role]))
        found = set().union(*(self.near[other] for other in others)) - others
        return found

    def by_role(self, role: str) -> frozenset[str]:
        """Everybody with this role."""
        across = self._across(role) if role in _ACROSS else set()
        return frozenset(self.roles.get(role, set()) | across)

    def related(self, owners: Iterable[str], role: str) -> frozenset[str]:
        """Those with this role who speak with one of the owners."""
        near = set().union(*(self.near[owner] for owner in owners))
        return frozenset(self.by_role(role) & near)

    def attribution(self, text: str, scope: Scope, label: str = "") -> Attribution:
        """To whom a quotation is given.

        Parameters
        ----------
        text : str
        scope : Scope
            Where to look.
        label : str
            The name before a script's line, or nothing.
        """
        found = self._labelled(label) if label else self._found(text, scope)
        if found.owned and found.ids:
            # "His mother" is the mother of the one who is named in the paragraph, if only one is.
            named = {
                one
                for begin, end in scope.outside()
                for mention in self.mentions(text, begin, end)
                if mention.named
                for one in mention.ids - found.ids
            }
            near = found.ids & self.near[named.pop()] if len(named) == 1 else frozenset()
            return replace(found, ids=frozenset(near or found.ids))
        return found

    def _found(self, text: str, scope: Scope) -> Attribution:
        """An attribution between the parts of the quotation, after it, or before it."""
        parts = scope.parts
        named = LABEL.match(text[scope.first : parts[0].start])
        if named and not text[scope.first + named.end() : parts[0].start].strip():
            return self._labelled(named["label"])
        for a, b in pairwise(parts):
            found = self._after(text, a.end, b.start, open_end=False)
            if found.how:
                return found
        found = self._after(text, parts[-1].end, scope.last, open_end=True)
        return found if found.how else self._before(text, scope.first, parts[0].start)

    def is_label(self, label: str) -> bool:
        """Whether the words before a colon are a speaker's name, or could be one, and no more."""
        named = [m for m in self.mentions(label, 0, len(label)) if m.sure]
        covered = sum(len(tokens(label[m.start : m.end])) for m in named)
        return len(named) == 1 and len(tokens(label)) - covered <= 1

    def may_be_label(self, label: str) -> bool:
        """Whether the words before a colon may be the name of somebody in a script."""
        words = tokens(label)
        return len(words) <= 3 and all(
            _capital(label, word) or word.word in _DETERMINERS or word.word == "of"
            for word in words
        )

    def _labelled(self, label: str) -> Attribution:
        """A speaker as a script names one before a colon."""
        if _verb(label) is not None:
            return self._before(f"{label}:", 0, len(label) + 1)
        mentions = [m for m in self.mentions(label, 0, len(label)) if m.sure]
        known = [m for m in mentions if m.ids]
        if known:
            return Attribution(label.strip(), "label", known[0].ids)
        if mentions and not mentions[0].teller and len(tokens(label)) <= 3:
            return Attribution(label.strip(), "label", frozenset())
        return Attribution(label.strip(), "label", None)

    def _after(self, text: str, begin: int, end: int, *, open_end: bool) -> Attribution:
        """An attribution that follows the words: ``Leonid told his mother``, ``said Ivan``."""
        stretch = text[begin:end]
        lead = regex.match(r"[\s,.(—–―-]*", stretch)
        at = begin + (lead.end() if lead else 0)
        alone = regex.match(
            r"\s*(?:[—–―~-]+|\()\s*(?P<who>[^\n.!?()]{2,50}?)\s*\)?[ \t]*[.,]?[ \t]*(?:\n|\s*\Z)",
            stretch,
        )
        if open_end and alone and _verb(alone["who"]) is None:
            found = [
                m for m in self.mentions(alone["who"], 0, len(alone["who"])) if m.sure and m.ids
            ]
            if found:
                return Attribution(alone["who"].strip(), "after", found[0].ids)
        stop = regex.compile(r"[.!?…;:]+(?:\s|\Z)|\n").search(text, at, end)
        clause_end = stop.start() if stop else end
        if stop and stop[0].startswith(":"):
            # What a colon ends belongs to the words that come after it.
            return Attribution()
        verb = _verb(text[at:clause_end])
        if verb is None and open_end and _COPULA.match(text, begin):
            named = [m for m in self.mentions(text, begin, clause_end) if m.sure and m.ids]
            if len(named) == 1 and text[named[0].end : clause_end].strip(" .’'s") == "":
                return _given(text, named[0], "after")
        if verb is None or verb[2] > 7:
            return Attribution()
        stopped = "." in (lead[0] if lead else "") or text[begin - 2 : begin - 1] == "."
        # After a full stop a sentence of its own does not belong to the words before it, unless
        # it does nothing but say whose they are.
        points_back = text[at : at + 1].islower() or _POINTS_BACK.match(text, at)
        if stopped and len(tokens(text[at:clause_end])) > (10 if points_back else 5):
            return Attribution()
        v_start, v_end = at + verb[0], at + verb[1]
        before = self.mentions(text, at, v_start)
        after = self.mentions(text, v_end, min(clause_end, v_end + 60))
        if before and not _LEADS_ON.fullmatch(text[at : before[0].start]):
            return Attribution()
        if before and _PASSIVE.search(text[at:v_start]):
            by = after and text[v_end : after[0].start].strip() == "by"
            return _given(text, after[0], "after") if by else Attribution()
        if before:
            return _given(text, before[0], "after")
        return _given(text, after[0], "after") if after else Attribution()

    def _before(self, text: str, first: int, start: int) -> Attribution:
        """An attribution that leads up to the words: ``His mother replied,``."""
        clause = text[first:start].rstrip()
        cut = [m.end() for m in regex.finditer(r"[.!?…]+[\"”»’']*\s+|\n", clause)]
        begun = first + (cut[-1] if cut else 0)
        stretch = text[begun:start]
        leads = bool(regex.search(r"(?:[,:：]|\bthat)[\s>(]*\Z", stretch)) or not stretch.strip()
        verbs = _verbs(stretch)
        keyed = _KEYED.search(text[first:start])
        if keyed:
            one = self.alone(text, first + keyed.start("who"), first + keyed.end("who"))
            if one:
                return _given(text, one, "label")
        if clause.endswith((".", "!", "?", "…")):
            return Attribution()
        found = self.mentions(text, begun, start)
        only = self.alone(text, begun, start)
        if only and not verbs:
            return _given(text, only, "label")
        if not found:
            return Attribution()
        according = regex.search(r"(?i)\b(?:according to|in the words of|in)\s", stretch)
        if verbs:
            v_start, v_end = begun + verbs[-1][0], begun + verbs[-1][1]
            ahead = [m for m in found if m.end <= v_start]
            behind = [m for m in found if m.start >= v_end]
            if according and (not ahead or text[v_start:v_end].lower() in ("according", "words")):
                named = [m for m in (*behind, *ahead) if m.sure]
                if named:
                    return _given(text, named[0], "before")
            if _PASSIVE.search(text[begun:v_start]):
                # "Leonid was told by his mother": the words are hers.
                by = behind and text[v_end : behind[0].start].strip() == "by"
                return _given(text, behind[0], "before") if by else Attribution()
            if ahead:
                subject = _subject(text, ahead, v_start)
                return _given(text, subject, "before")
            if behind and leads and not text[begun:v_start].strip(" ,—–-"):
                return _given(text, behind[0], "before")
            return Attribution()
        sure = [m for m in found if m.sure and m.ids]
        if leads and len(sure) == 1 and len(found) == 1 and stretch.rstrip().endswith((":", "：")):
            return _given(text, sure[0], "before")
        return Attribution()


def _subject(text: str, ahead: Sequence[Mention], verb: int) -> Mention:
    """Who does the saying: the last one named before the verb, unless a preposition says no."""
    last = ahead[-1]
    if len(ahead) > 1 and _OBJECT.search(text[ahead[-2].end : last.start]):
        return ahead[0]
    return (
        last
        if last.sure or len(ahead) == 1 or _DIRECT.fullmatch(text[last.end : verb])
        else ahead[0]
    )


def _given(text: str, mention: Mention, how: How) -> Attribution:
    """The attribution that a mention makes."""
    name = text[mention.start : mention.end]
    if not mention.sure:
        return Attribution(name, "pronoun")
    if mention.teller:
        return Attribution(name, how)
    return Attribution(name, how, mention.ids, mention.owned)


def _verbs(stretch: str) -> list[tuple[int, int, int]]:
    """The verbs of saying in a stretch: start, end, and after how many words."""
    return [
        (token.start, token.end, i)
        for i, token in enumerate(tokens(stretch))
        if SPEECH.fullmatch(token.word)
    ]


def _verb(stretch: str) -> tuple[int, int, int] | None:
    found = _verbs(stretch)
    return found[0] if found else None


def _owner(word: str) -> tuple[str, bool]:
    """A word without the ending of the possessive, and whether it had one."""
    if word.endswith("'s"):
        return bare(word[:-2]), True
    return bare(word), word.endswith("s'")


def _script(name: str) -> str:
    """In which letters a name is written."""
    first = next(filter(str.isalpha, name), "")
    return unicodedata.name(first, "").partition(" ")[0]


def _capital(text: str, token: Token) -> bool:
    sign = text[token.start : token.start + 1]
    return sign.isupper() or (sign.isalpha() and not sign.islower()) or not _LETTERS.match(sign)
