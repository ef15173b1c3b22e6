"""What can be counted and listed of a corpus: tables of turns or of counts.

Every function takes a corpus with its selection and gives a table.  Measures of words give
counts, never a passage, so that no notice keeps them back; a concordance keeps its turns back.
"""

from readerlib.measures.concordance import SORTS, kwic
from readerlib.measures.counting import frequencies
from readerlib.measures.keywords import collocates, keyness
from readerlib.measures.labels import labels_by
from readerlib.measures.signs import BACK_CHANNELS, back_channels, questions
from readerlib.measures.spread import dispersion, occurrences
from readerlib.measures.talk import answers, speech_share, turn_lengths

__all__ = [
    "BACK_CHANNELS",
    "SORTS",
    "answers",
    "back_channels",
    "collocates",
    "dispersion",
    "frequencies",
    "keyness",
    "kwic",
    "labels_by",
    "occurrences",
    "questions",
    "speech_share",
    "turn_lengths",
]
