"""Views: widgets that show a corpus in a notebook."""

from readerlib.views.attach_panel import AttachPanel
from readerlib.views.chart import ChartView
from readerlib.views.comparison import Comparison
from readerlib.views.ledger import Ledger
from readerlib.views.notes_panel import NotesPanel
from readerlib.views.quiz import Quiz
from readerlib.views.reader import Reader
from readerlib.views.retelling_panel import RetellingPanel
from readerlib.views.route import Route

__all__ = [
    "AttachPanel",
    "ChartView",
    "Comparison",
    "Ledger",
    "NotesPanel",
    "Quiz",
    "Reader",
    "RetellingPanel",
    "Route",
]
