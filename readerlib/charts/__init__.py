"""Charts: figures of what is counted, drawn as plain SVG, each number in a table beside it."""

from readerlib.charts.barcode import dispersion
from readerlib.charts.chart import Chart, Mark
from readerlib.charts.keywords import keyness
from readerlib.charts.matrix import themes
from readerlib.charts.places import places
from readerlib.charts.ribbon import ribbon
from readerlib.charts.shares import speech_share
from readerlib.charts.timeline import timeline

__all__ = [
    "Chart",
    "Mark",
    "dispersion",
    "keyness",
    "places",
    "ribbon",
    "speech_share",
    "themes",
    "timeline",
]
