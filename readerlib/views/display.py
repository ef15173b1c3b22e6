"""How a view looks: a few settings with one spelling, as a selection has one."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from readerlib.errors import Problem, ReaderError, listed, quoted, suggestion

SETTINGS: Mapping[str, tuple[str, ...]] = {
    "letters": ("serif", "sans", "easy"),
    "mask": ("0", "1"),
    "projector": ("0", "1"),
    "size": ("0", "1", "2", "3"),
    "width": ("normal", "narrow", "wide"),
}
"""Setting → its values, the usual one first."""


def spelt(display: str) -> str:
    """The one spelling of the settings that `display` says: sorted, the usual ones left out.

    Raises
    ------
    ReaderError
        If a setting or a value is not one of :data:`SETTINGS`.

    Examples
    --------
    >>> spelt("size=2&letters=serif&projector=1")
    'projector=1&size=2'
    """
    pairs = dict(parse_qsl(display, keep_blank_values=True))
    problems = [
        Problem(
            f"no setting {quoted(name)}",
            f"Settings: {listed(SETTINGS)}.",
            suggestion(name, SETTINGS) or "Name one of these.",
            path="display",
        )
        if name not in SETTINGS
        else Problem(
            f"{quoted(name)} cannot be {quoted(value)}",
            f"It can be {listed(SETTINGS[name])}.",
            suggestion(value, SETTINGS[name]) or "Write one of these.",
            path="display",
        )
        for name, value in pairs.items()
        if value not in SETTINGS.get(name, ())
    ]
    if problems:
        raise ReaderError(problems)
    return urlencode({k: v for k, v in sorted(pairs.items()) if v != SETTINGS[k][0]})


def setting(display: str, name: str) -> str:
    """The value of one setting.

    Examples
    --------
    >>> setting("size=2", "size"), setting("size=2", "letters")
    ('2', 'serif')
    """
    return dict(parse_qsl(display)).get(name, SETTINGS[name][0])
