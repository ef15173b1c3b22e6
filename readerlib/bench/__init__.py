"""Measurements at size, each in a process of its own: ``readerlib bench``."""
