"""What a retelling is as a whole: a copy, a copy in other words, a translation, or an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Sort = Literal["copy", "synonyms", "translation", "account", "unrelated", "too little"]


@dataclass(frozen=True)
class Whole:
    """What a text is to its source, with the numbers that say so.

    Examples
    --------
    >>> Whole("account", "It retells.").sort
    'account'
    """

    sort: Sort
    says: str
    facts: Mapping[str, float] = field(default_factory=dict)
