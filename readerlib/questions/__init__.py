"""Questions on a passage, how each kind is answered, and what is said to an answer."""

from readerlib.questions.asking import LEVELS, Option, Question, placed, questions
from readerlib.questions.judging import (
    NEAR,
    STATES,
    Judgement,
    Remark,
    answered,
    explained,
    judge,
)

__all__ = [
    "LEVELS",
    "NEAR",
    "STATES",
    "Judgement",
    "Option",
    "Question",
    "Remark",
    "answered",
    "explained",
    "judge",
    "placed",
    "questions",
]
