"""An invented corpus with questions of all kinds; the words of its key are found again."""

from __future__ import annotations

import pandas as pd

from readerlib.corpus import Corpus
from readerlib.descriptor import Descriptor, Facet

KEYED = "ZWQ"
"""Stands in every word that belongs to a key, and nowhere else."""

TURNS = [
    ("ferry-1", "Ada", "narration", "In March Ada rings the harbour office about the ferry."),
    ("ferry-1", "Ada", "speech", "Is the boat going this evening? The radio said it would."),
    ("ferry-1", "Bo", "speech", "I have seen no captain yet, and the wind is turning."),
    ("ferry-1", "Ada", "speech", "So it may not go. You are not sure?"),
    ("ferry-1", "Bo", "speech", "He cut his finger on a rope, but that is not why."),
    ("ferry-2", "Bo", "speech", "It went, an hour late, with eleven people on board."),
    ("ferry-2", "Ada", "speech", "Then I should have come."),
]
QUESTIONS = [
    ("evening", "ferry-1", "f1", "", "choice", "1", "What does Ada ask?"),
    ("doubts", "ferry-1", "f2", "f3", "choice", "2", "What makes Bo doubt it?"),
    ("course", "ferry-1", "f0", "f4", "order", "2", "In which order are these said?"),
    ("sure", "ferry-1", "f2", "", "line", "3", "How sure is Bo?"),
    ("weight", "ferry-1", "f1", "", "line", "3", "How much do you trust the radio?"),
    ("seen", "ferry-1", "f0", "f4", "evidence", "3", "Bo tells what he saw himself."),
    ("many", "ferry-2", "f5", "", "short", "1", "How many people were on board?"),
    ("think", "ferry-2", "f5", "f6", "open", "3", "What would you have asked Bo?"),
]
OPTIONS = [
    ("evening", "right-one", "Whether the boat goes", "1", "f1", "She asks it in her first words"),
    ("evening", "wrong-one", "Who the captain is", "", "f2", "That is what Bo speaks of."),
    ("evening", "wrong-two", "What the radio said", "", "f1", "She knows that already."),
    ("doubts", "a", "No captain has come", "1", "f2", "He says so"),
    ("doubts", "b", "The wind is turning", "1", "f2", "He says that too"),
    ("doubts", "c", "The radio", "", "f1", "It said that the boat would go."),
    ("course", "a", "The radio is spoken of", "1", "f1", "Ada speaks of it"),
    ("course", "b", "The wind turns", "2", "f2", "Bo speaks of it"),
    ("course", "c", "A finger is cut", "3", "f4", "Bo speaks of it at last"),
    ("sure", "from", "he guesses", "", "", ""),
    ("sure", "to", "he knows", "", "", ""),
    ("sure", "key", "", "10-40", "f2", "He says what he has not seen"),
    ("weight", "from", "not at all", "", "", ""),
    ("weight", "to", "wholly", "", "", ""),
    ("seen", "a", "", "1", "f2", "He looked for the captain himself"),
    ("seen", "b", "", "1", "f4", "He saw the cut"),
    ("seen", "c", "", "", "f1", "Here Ada tells what the radio said."),
    ("many", "a", "eleven", "1", "f5", "Bo counts them"),
    ("many", "b", "11", "1", "f5", "Bo counts them, too"),
    ("many", "c", "an hour", "", "f5", "That is how late it was."),
]
_FEEDBACK = {
    "evening": "Her first sentence asks it",
    "doubts": "He names two things",
    "course": "The radio comes before the wind",
    "sure": "He has seen no captain",
    "weight": "One can look at who says so.",
    "seen": "Only Bo tells what he saw",
    "many": "Bo gives the number",
    "think": "Look at what Ada already knows.",
}


def ferry(but: dict[str, dict[str, object]] | None = None) -> Corpus:
    """The corpus; `but` says of a table which columns are other ones."""
    places: dict[str, int] = {}
    rows = []
    for number, (talk, speaker, kind, text) in enumerate(TURNS):
        places[talk] = places.get(talk, 0) + 1
        rows.append((f"f{number}", talk, str(places[talk]), speaker.lower(), kind, text))
    columns = ["turn_id", "conversation_id", "position", "speaker_id", "kind", "text"]
    tables = {
        "turns": pd.DataFrame(rows, columns=columns),
        "conversations": pd.DataFrame(
            {
                "conversation_id": ["ferry-1", "ferry-2"],
                "chapter": ["1", "2"],
                "title": ["No captain yet", "An hour late"],
            }
        ),
        "speakers": pd.DataFrame({"speaker_id": ["ada", "bo"], "name": ["Ada", "Bo"]}),
        "annotations": pd.DataFrame({"turn_id": ["f4"], "layer": ["notice"], "value": ["injury"]}),
        "questions": questions(),
        "options": options(),
    }
    for name, changed in (but or {}).items():
        tables[name] = tables[name].assign(**changed)
    return Corpus(
        tables,
        Descriptor(
            "ferry",
            "The ferry",
            facets=(
                Facet("chapter", "Chapter", "conversations.chapter"),
                Facet("speaker", "Speaker", "speakers.name"),
            ),
            path=("chapter",),
        ),
    )


def questions() -> pd.DataFrame:
    """The table of questions; what explains an answer that can be right has :data:`KEYED` in it."""
    columns = ["question_id", "conversation_id", "turn_id", "last_turn_id", "kind", "level"]
    table = pd.DataFrame(QUESTIONS, columns=[*columns, "question"])
    said = {
        name: f"{text} {KEYED}." if text[-1] != "." else text for name, text in _FEEDBACK.items()
    }
    return table.assign(feedback=[said[name] for name in table["question_id"]])


def options() -> pd.DataFrame:
    """The table of options; the feedback of what is right has :data:`KEYED` in it."""
    columns = ["question_id", "option", "text", "key", "turn_id", "feedback"]
    table = pd.DataFrame(OPTIONS, columns=columns)
    said = [f"{text} {KEYED}." if text and text[-1] != "." else text for text in table["feedback"]]
    return table.assign(feedback=said)
