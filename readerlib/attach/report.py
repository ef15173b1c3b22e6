"""What an alignment found, turn by turn, and whether the copy is accepted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

Status = Literal["exact", "respelt", "differs", "missing"]
STATUSES: tuple[Status, ...] = ("exact", "respelt", "differs", "missing")


@dataclass(frozen=True, slots=True)
class TurnReport:
    """What a copy has for one published turn.

    Attributes
    ----------
    status : str
        ``exact``: the published words, proven; quotation marks, dashes, case and spacing
        aside.  ``respelt``: the same words, proven, some in another spelling.  ``differs``:
        something else stands in the turn's place.  ``missing``: nothing does.
    text : str or None
        What the copy says, in the copy's spelling; None where the turn is missing.
    words : str or None
        The published words, bare as a fingerprint counts them; None unless they were found.

    Examples
    --------
    >>> TurnReport("leonid-1-01", "speech", "missing", None).found
    False
    """

    turn_id: str
    kind: str
    status: Status
    text: str | None
    words: str | None = None

    @property
    def found(self) -> bool:
        """Whether the published words are here."""
        return self.status in ("exact", "respelt")

    def __repr__(self) -> str:
        """Which turn and how it was found, without its words."""
        return f"<TurnReport {self.turn_id}: {self.status}>"


@dataclass(frozen=True, slots=True)
class AlignmentReport:
    """What a copy of an article has for the turns of its source.

    Attributes
    ----------
    accepted : bool
        Whether the copy is the article, whole or in good part, and may be attached.
    reason : str or None
        Why not, in plain words; None where it is accepted.
    source_id : str or None
        The source that the copy was compared with; None where it is like none of them.
    title : str
        The source's title, or an empty string.
    turns : tuple of TurnReport
        Every turn of the source that has words, in reading order.

    Examples
    --------
    >>> report = AlignmentReport(False, "Nothing was found.", None)
    >>> report.count("exact"), report.summary
    (0, 'Not accepted. Nothing was found.')
    """

    accepted: bool
    reason: str | None
    source_id: str | None
    title: str = ""
    turns: tuple[TurnReport, ...] = ()

    def count(self, *statuses: Status) -> int:
        """How many turns have one of these statuses."""
        return sum(turn.status in statuses for turn in self.turns)

    @property
    def texts(self) -> dict[str, str]:
        """Turn → its published words, for the turns that were found."""
        return {turn.turn_id: turn.text for turn in self.turns if turn.found and turn.text}

    @property
    def differing(self) -> dict[str, str]:
        """Turn → what the copy says in its place."""
        return {t.turn_id: t.text for t in self.turns if t.status == "differs" and t.text}

    @property
    def summary(self) -> str:
        """The report in plain words, without a word of the article."""
        if not self.accepted:
            return f"Not accepted. {self.reason}"
        parts = []
        for noun, of_kind in (
            ("labelled turns", [t for t in self.turns if t.kind == "speech"]),
            ("other passages", [t for t in self.turns if t.kind != "speech"]),
        ):
            if of_kind:
                found = sum(turn.found for turn in of_kind)
                parts.append(f"{found} of {len(of_kind)} {noun}")
        counts = Counter(turn.status for turn in self.turns)
        said = [f"{' and '.join(parts)} found and checked."]
        if counts["respelt"]:
            said.append(f"{counts['respelt']} have the same words in another spelling.")
        if counts["differs"]:
            said.append(
                f"{counts['differs']} differ: they are shown as different, never as the turn."
            )
        if counts["missing"]:
            said.append(f"{counts['missing']} are missing from this copy.")
        return " ".join(said)

    def as_record(self) -> dict[str, Any]:
        """The report as plain data: accepted, reason, source_id, turns.

        Examples
        --------
        >>> AlignmentReport(False, "Nothing was found.", None).as_record()["turns"]
        []
        """
        return {
            "accepted": self.accepted,
            "reason": self.reason,
            "source_id": self.source_id,
            "turns": [
                {"turn_id": t.turn_id, "status": t.status, "text": t.text} for t in self.turns
            ],
        }

    def __repr__(self) -> str:
        """Counts only: the words stay out of notebooks' outputs."""
        state = "accepted" if self.accepted else "not accepted"
        counts = ", ".join(f"{self.count(s)} {s}" for s in STATUSES)
        return f"<AlignmentReport {self.source_id}: {state}; {counts}>"
