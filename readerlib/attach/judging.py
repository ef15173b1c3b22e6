"""Whether a copy is the article: whole or in good part, and in its own words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from readerlib.attach.placing import Found, Row

LEAST_WORDS = 0.2
"""Share of the published words that a copy must have, where the source has labelled turns."""
LEAST_LABELLED = 0.15
"""Share of the labelled turns that a copy must have: a teaser has hardly any."""
LEAST_ACCOUNT = 0.5
"""Share of the published words where a source has no labelled turns."""
MOST_REWORDED = 0.6
"""Reworded turns for each turn found; a careful desk changes fewer, a machine more."""


def objection(
    rows: Sequence[Row],
    found: Mapping[int, Found],
    differing: Mapping[int, tuple[int, int]],
) -> str | None:
    """Why the copy is not accepted as this source; None if it is.

    Examples
    --------
    >>> objection([], {}, {})
    'None of its passages was found in this text.'
    """
    proven = [k for k in found if rows[k].proof and k not in differing]
    if not proven:
        return "None of its passages was found in this text."
    published = sum(row.length for row in rows)
    words = sum(rows[k].length for k in found if k not in differing)
    share = words / published
    spoken = [k for k, row in enumerate(rows) if row.kind == "speech"]
    heard = [k for k in spoken if k in found and k not in differing]
    reworded = [
        k
        for k, (start, end) in differing.items()
        if rows[k].proof and k not in found and 0.75 <= (end - start) / rows[k].length <= 1.34
    ]
    if len(reworded) >= 4 and len(reworded) > MOST_REWORDED * len(proven):
        return (
            f"The words differ in {len(reworded)} passages and agree in {len(proven)}: this "
            "looks like a reworded version, not the published text."
        )
    counted = f"{words:,} of {published:,} published words"
    if spoken and (share < LEAST_WORDS or len(heard) < LEAST_LABELLED * len(spoken)):
        return (
            f"Only {len(heard)} of {len(spoken)} labelled turns and {counted} were found: this "
            "looks like a teaser, an excerpt or another text about the same. Was the page saved "
            "to its end?"
        )
    if not spoken and share < LEAST_ACCOUNT:
        return (
            f"Only {counted} were found: this looks like a teaser, an excerpt or another text "
            "about the same. Was the page saved to its end?"
        )
    return None
