"""A retelling against its source: what is quoted, what is claimed, and what was left out."""

from __future__ import annotations

from pathlib import Path

from readerlib.compare.judging import VERDICTS
from readerlib.compare.report import Item, Left, Retelling, Span, Voice
from readerlib.compare.retold import compared
from readerlib.compare.source import retelling_sources
from readerlib.compare.wholes import Whole
from readerlib.corpus import Corpus
from readerlib.documents import Document
from readerlib.errors import Problem, ReaderError, quoted
from readerlib.notices import Notices
from readerlib.selection import Selection

__all__ = [
    "VERDICTS",
    "Item",
    "Left",
    "Retelling",
    "Span",
    "Voice",
    "Whole",
    "retelling",
    "retellings",
]


def retelling(
    source: Corpus, text: str | Path | Document | Corpus, *, notices: Notices = "ask"
) -> Retelling:
    """Every quotation and claim of another account, set against the source it tells of.

    A news rewrite, an essay, a page of a textbook, a student's paper: what of it stands in the
    source, word for word or in other words, what was left out of it, and who is not heard.

    Parameters
    ----------
    source : Corpus
        Its selected turns are what the account is compared with.  Turns of a source that is
        itself a retelling (layer ``retells``) are left out, and those of `text`.
    text : str, path, Document or Corpus
        The account.  A string that names a file is read as one.  Of a corpus the selected
        turns are taken: their words, or the summaries where no words are attached.
    notices : "ask", "show" or mapping of str to either
        As in :func:`readerlib.notices.asked`.  The words and summaries of turns of the source
        that are kept back are not in what is returned; the account's own words are.

    Returns
    -------
    Retelling
        ``items``: one for each quotation, and one for each sentence that says something
        outside quotation marks.  Its class is one of

        ``verbatim``
            It is all that a turn says, or whole sentences of it, word for word.
        ``trimmed``
            Its words are those of one turn, in their order, and something is left out: inside
            it, or because it begins or ends amid a sentence.
        ``stitched``
            It is put together from several turns, in their order.
        ``reordered``
            It is put together from parts of one turn or several, in another order.
        ``wrong speaker``
            Its words are those of the source, and it is given to somebody who did not say
            them; ``wording`` tells which of the above they are.
        ``paraphrase``
            Its words are not those of the source, but near to a turn: as a quotation it is
            altered, and ``changes`` says where.
        ``too short``
            So few words that they may stand anywhere by chance.
        ``not found``
            Nothing like it is in this copy.  It may be in another.

    Raises
    ------
    ReaderError
        If the file cannot be read, there is no word in it, it has more than 500,000 characters
        or 10,000 quotations and sentences, or the profile of notices cannot be read.

    Notes
    -----
    Words are equal if they are so for :func:`readerlib.text.fingerprint`: case, accents,
    punctuation and the way in which strong language is masked do not count, anything else
    does.  Stage directions, explanations in parentheses, and the account that interrupts a
    quotation are no words of a speaker.  A stretch of fewer than four words is called
    verbatim only if it is a whole sentence.  Where words are not attached, a quotation of a
    whole turn of six words or more is proven by its fingerprint; all else is compared with
    the summaries and is a paraphrase at most.

    Likeness is the share of a sentence's words that a turn has, each weighed by its rarity in
    the source (the inverse document frequency of Robertson & Spärck Jones, 1976).

    Examples
    --------
    >>> from readerlib import compare, load
    >>> found = compare.retelling(
    ...     load("demo"), "“Cut it again on the wire,” Tomas said."
    ... )
    >>> found.items[0].verdict, found.items[0].wording
    ('wrong speaker', 'verbatim')
    >>> print(found.items[0].says)
    The words stand in this copy and are those of Neighbour (frost-2-04), not of Tomas.
    """
    return compared(source, text, notices)


def retellings(corpus: Corpus) -> Corpus:
    """The turns of a corpus that retell others of it, as its layer ``retells`` says.

    Raises
    ------
    ReaderError
        If the corpus holds no retelling.

    Examples
    --------
    >>> from readerlib import compare, load
    >>> account = compare.retellings(load("calls"))
    >>> compare.retelling(load("calls").select(source="ap-2023-02"), account).items[3]
    <claim 4: paraphrase at intro-2023-02-n03>
    """
    sources = retelling_sources(corpus)
    named = [f.name for f in corpus.descriptor.facets if f.column == "conversations.source_id"]
    if not sources or not named:
        raise ReaderError(
            Problem(
                f"the corpus {quoted(corpus.descriptor.name)} holds no retelling of its own",
                remedy="Name the file of an account to compare with it.",
            )
        )
    return corpus.whole.select(Selection.of({named[0]: sorted(sources)}))
