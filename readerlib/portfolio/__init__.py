"""What a reader takes away: their notes and answers, with the passages they chose to quote."""

from readerlib.portfolio.gathering import PARTS, Portfolio, portfolio

__all__ = ["PARTS", "Portfolio", "portfolio"]
