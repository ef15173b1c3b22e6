"""Which labels stand where: themes by chapter."""

from __future__ import annotations

import numpy as np
import pandas as pd

from readerlib.corpus import Corpus


def labels_by(corpus: Corpus, layer: str = "theme", by: str = "conversation_id") -> pd.DataFrame:
    """How many turns carry each label of a layer, part by part: themes by chapter.

    No words are needed.  The labels are ours, given by reading each turn.

    Parameters
    ----------
    corpus : Corpus
        Its selected turns are counted, whatever their kind.
    layer : str
        A layer of annotations, such as ``theme``, ``notice`` or ``evidence``.
    by : str
        What makes a part, as in :func:`readerlib.measures.speech_share`.

    Returns
    -------
    DataFrame
        One row per part and label that occur together: parts in the order in which they first
        appear, labels in the order of the corpus's list.

        a column named as `by` : str, or missing
        ``heading`` : str, what the conversation is called; of other parts the value once more
        ``label`` : str
        ``turns`` : int, how many selected turns of the part carry the label
        ``of`` : int, how many turns of the part are selected
        ``share`` : float from 0 to 1, ``turns`` of ``of``; a turn can carry several labels

    Raises
    ------
    SelectionError
        If there is no such layer or facet, or a turn can have several values of it.

    Examples
    --------
    >>> from readerlib.datasets import load
    >>> labels_by(load("demo")).drop(columns="conversation_id").head(3).round(2)
                             heading    label  turns  of  share
    0  Spring · 1 White on the slope  weather      1   4   0.25
    1  Spring · 1 White on the slope   family      2   4   0.50
    2      Spring · 2 The late frost  weather      2   6   0.33
    """
    names, codes = corpus.parts(by)
    labels = corpus.labelled(layer)
    rows = corpus.rows
    sizes = np.bincount(codes + 1, minlength=len(names) + 1)
    different, first = np.unique(codes, return_index=True)
    place = np.zeros(len(names) + 1, np.intp)
    place[different + 1] = first
    part = codes[np.searchsorted(rows, labels.rows)] + 1
    width = max(len(labels.names), 1)
    # A turn can carry a label at several of its stretches; it counts once.
    once = np.unique(np.stack([labels.rows, part, labels.codes], axis=1), axis=0)
    pairs, turns = np.unique(once[:, 1] * width + once[:, 2], return_counts=True)
    part, label = pairs // width, pairs % width
    order = np.lexsort((label, place[part]))
    part, label, turns = part[order], label[order], turns[order]
    told: list[str | None] = [None, *names]
    values = [told[n] for n in part.tolist()]
    called = {name: str(heading) for name, heading in corpus.headings().items()}
    headings = [called.get(str(v)) if by == "conversation_id" else v for v in values]
    return pd.DataFrame(
        {
            by: pd.Series(values, dtype=str),
            "heading": pd.Series(headings, dtype=str),
            "label": pd.Series([labels.names[n] for n in label.tolist()], dtype=str),
            "turns": turns.astype(np.int64),
            "of": sizes[part].astype(np.int64),
            "share": turns / sizes[part],
        }
    )
