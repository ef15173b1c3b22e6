"""The door: what is public, and what is said of it."""

from __future__ import annotations

import doctest
import inspect
import types

import pytest

import readerlib


def test_the_door_names_all_that_it_holds_in_order():
    held = {
        name
        for name, value in vars(readerlib).items()
        if not name.startswith("_") and not isinstance(value, types.ModuleType)
    }
    assert held == set(readerlib.__all__)
    assert readerlib.__all__ == sorted(readerlib.__all__)


@pytest.mark.parametrize("name", readerlib.__all__)
def test_every_public_name_says_what_it_is_with_an_example(name):
    thing = getattr(readerlib, name)
    assert inspect.getdoc(thing)
    # A class may show it in one of its methods.
    texts = [
        thing.__doc__,
        *(getattr(m, "__doc__", "") for m in getattr(thing, "__dict__", {}).values()),
    ]
    examples = [e for text in texts if text for e in doctest.DocTestParser().get_examples(text)]
    assert examples
