"""Turns and facets as HTML, the same for every view and page: the only room that escapes."""

from readerlib.notices import notice_line
from readerlib.render.around import (
    LISTED,
    attach_line,
    chips,
    contents,
    facets,
    foot,
    frame,
    notices,
    status,
    values,
    without_kernel,
)
from readerlib.render.attaching import attach_frame, attach_report, attach_sources
from readerlib.render.beside import about
from readerlib.render.ledger import ledger
from readerlib.render.lines import LINES, lines
from readerlib.render.marking import SAID, covered, day, marked
from readerlib.render.page import WHOLE, WINDOW, Page, Showing, page, rows, window
from readerlib.render.retold import (
    RETOLD_CSS,
    SIGNS,
    retelling_choices,
    retelling_frame,
    retold,
    retold_alone,
    voices,
)

__all__ = [
    "LINES",
    "LISTED",
    "RETOLD_CSS",
    "SAID",
    "SIGNS",
    "WHOLE",
    "WINDOW",
    "Page",
    "Showing",
    "about",
    "attach_frame",
    "attach_line",
    "attach_report",
    "attach_sources",
    "chips",
    "contents",
    "covered",
    "day",
    "facets",
    "foot",
    "frame",
    "ledger",
    "lines",
    "marked",
    "notice_line",
    "notices",
    "page",
    "retelling_choices",
    "retelling_frame",
    "retold",
    "retold_alone",
    "rows",
    "status",
    "values",
    "voices",
    "window",
    "without_kernel",
]
