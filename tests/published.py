"""The published words of every turn, from articles that lie outside the project.

``python tests/published.py FOLDER`` makes ``data/calls/checks.csv`` anew from them.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from readerlib import load
from readerlib.attach import checks
from readerlib.text import tokens

CHECKS = Path(__file__).parent.parent / "data" / "calls" / "checks.csv"
ARTICLES = {
    "ap-2023-02": (
        "ap-2023-02-never-saw-such-hell.txt",
        "KYIV, Ukraine",
        "Follow the AP",
        r"(ONE|TWO|THREE|FOUR): ",
    ),
    "ap-2023-11": (
        "ap-2023-11-die-in-this-pit.txt",
        "Secretly recorded",
        "More AP coverage",
        r"___|[A-Z ]+$",
    ),
    "militarynews-2023": (
        "militarynews-2023-retelling.txt",
        "Like any deployed",
        None,
        r"Russian troops\n|ukranian tanks",
    ),
}
LABEL = re.compile(r"(Mother|Leonid|Ivan|Olya|Maxim|Wife): ")


def paragraphs(folder: Path, source: str) -> list[str]:
    """The story's own paragraphs, without headings, captions and the site's furniture."""
    name, begin, end, furniture = ARTICLES[source]
    text = (folder / name).read_text("utf8")
    text = text[text.index(begin) : text.index(end) if end else None]
    kept = (p.strip() for p in re.split(r"\n\s*\n", text))
    return [p for p in kept if p and not re.match(furniture, p)]


def parted(folder: Path, source: str) -> list[list[tuple[str, str]]]:
    """Paragraph by paragraph: its turns, each with its words, in reading order."""
    corpus = load("calls")
    talks = corpus.conversations.set_index("conversation_id")["source_id"]
    turns = corpus.turns
    turns = turns[(turns["kind"] != "cut") & (turns["conversation_id"].map(talks) == source)]
    rows = iter(zip(turns["turn_id"], turns["words"], strict=True))
    found = []
    for paragraph in paragraphs(folder, source):
        label = LABEL.match(paragraph)
        rest = paragraph[label.end() :] if label else paragraph
        inside = []
        while words := tokens(rest):
            turn_id, size = next(rows)
            # What closes the last word belongs to it: marks up to the next white space.
            end = re.compile(r"(?:\s?(?:\.\.\.|…)|[^\s(“])*(?:(?<=[.…])\s”)?").match(
                rest, words[size - 1].end
            )
            assert end
            inside.append((turn_id, rest[: end.end()].strip()))
            rest = rest[end.end() :]
        found.append(inside)
    return found


def texts(folder: Path) -> dict[str, str]:
    """Turn → its published words, over all articles."""
    return {
        turn_id: text
        for source in ARTICLES
        for inside in parted(folder, source)
        for turn_id, text in inside
    }


def main(folder: Path) -> None:
    """Write the checks of the short turns."""
    made = checks(load("calls"), texts(folder))
    made.to_csv(CHECKS, index=False, lineterminator="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
