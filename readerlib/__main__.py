"""``python -m readerlib``: the same as the command ``readerlib``."""

import sys

from readerlib.cli import main

if __name__ == "__main__":
    sys.exit(main())
