"""Notes as files that leave, and files that become notes: exactly what is in them, and no more."""

from readerlib.notes.exchange.arriving import Arrived, arrived, imported
from readerlib.notes.exchange.leaving import FORMS, Export, Form, export
from readerlib.notes.exchange.records import FIELDS

__all__ = ["FIELDS", "FORMS", "Arrived", "Export", "Form", "arrived", "export", "imported"]
