"""Large corpora as they were opened before: their tables and indexes, mapped from the disk.

What lies here can be thrown away at any time: it is made of the package, and made again when
the package has changed or when a file here is damaged.  Only what a package itself holds
comes here, never words that were attached to it.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import shutil
import stat
import sys
import tempfile
import time
import unicodedata
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import platformdirs
import pyarrow as pa
from tqdm.auto import tqdm

from readerlib.corpus import Corpus
from readerlib.descriptor import Descriptor
from readerlib.index import Array

WORTH = 20_000
"""Turns from which on a corpus is kept: a smaller one is read as fast as it is opened."""

LAYOUT = 1
"""Counted up when the files here, or what a word is, change."""

_VERSIONS = repr(
    [LAYOUT, version("regex"), pd.__version__, unicodedata.unidata_version, sys.byteorder]
)
_ABOUT = "about.json"
_LOOKED_AT = 1 << 16
_MAPPED = 1 << 16
_GIVEN_UP = 3600


def place(package: Path) -> Path:
    """The folder in which a package's corpus is kept.

    Below the folder that the environment variable ``READERLIB_CACHE`` names, or else the
    user's folder for what can be made again.

    Examples
    --------
    >>> place(Path("a")) == place(Path("b/../a"))
    True
    """
    named = os.environ.get("READERLIB_CACHE")
    root = Path(named) if named else platformdirs.user_cache_path("readerlib")
    real = os.path.realpath(package)
    digest = hashlib.blake2b(os.fsencode(real), digest_size=10).hexdigest()
    return root / f"corpus-{digest}"


def mark(files: Iterable[Path]) -> str:
    """A fingerprint of files by their names, sizes, times, beginnings and ends.

    It differs as well where words would be told apart in another way.  It is empty if one
    of the files is no ordinary file that can be read.

    Examples
    --------
    >>> mark([Path(__file__)]) == mark([Path(__file__)])
    True
    """
    digest = hashlib.blake2b(digest_size=16)
    digest.update(_VERSIONS.encode())
    try:
        for file in files:
            about = file.stat()
            if not stat.S_ISREG(about.st_mode):
                return ""
            digest.update(repr((file.name, about.st_size, about.st_mtime_ns)).encode())
            digest.update(_ends(file).encode())
    except (OSError, ValueError):
        return ""
    return digest.hexdigest()


def opened(where: Path, marked: str, descriptor: Descriptor) -> Corpus | None:
    """The corpus that is kept there; None if there is none of this mark, or a damaged one."""
    try:
        if not _is_ours(where):
            return None
        digest, _, raw = (where / _ABOUT).read_bytes().partition(b"\n")
        about = json.loads(raw)
        if digest.decode() != _digest(raw) or about["mark"] != marked:
            return None
        for name, (size, ends) in about["files"].items():
            if (where / name).stat().st_size != size or _ends(where / name) != ends:
                return None
        arrays = {name: _array(where / f"{name}.npy") for name in about["arrays"]}
        tables = {name: _table(where / f"{name}.arrow") for name in about["tables"]}
        return Corpus.restored(tables, descriptor, arrays, about["names"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException):
        return None


def kept(corpus: Corpus, where: Path, marked: str) -> Corpus:
    """The corpus, kept there and opened from there.

    If there is no room, or no right to write, the corpus as it is.  Whoever looks meanwhile
    finds the whole of it or nothing.
    """
    building = None
    try:
        where.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(where.parent)
        building = Path(tempfile.mkdtemp(prefix=".building-", dir=where.parent))
        _write(corpus, building, marked)
        if where.exists():
            where.rename(Path(tempfile.mkdtemp(prefix=".old-", dir=where.parent)) / "corpus")
        building.rename(where)
    except OSError:
        # Another program may have been faster; otherwise it goes on in memory.
        pass
    finally:
        if building is not None:
            shutil.rmtree(building, ignore_errors=True)
        for old in where.parent.glob(".old-*"):
            shutil.rmtree(old, ignore_errors=True)
    return opened(where, marked, corpus.descriptor) or corpus


def _write(corpus: Corpus, folder: Path, marked: str) -> None:
    """All files of the corpus; the one that says what there is comes last."""

    def make(name: str, shape: tuple[int, ...], kind: Any) -> Array:
        file = folder / f"{name}.npy"
        made = np.lib.format.open_memmap(file, "w+", kind, shape)
        if hasattr(os, "posix_fallocate"):
            # A full disk is to be an error here, not the end of the program later.
            with file.open("r+b") as opened:
                os.posix_fallocate(opened.fileno(), 0, max(os.fstat(opened.fileno()).st_size, 1))
        return made

    tables = dict(corpus.tables())
    for name, table in tables.items():
        _write_table(folder / f"{name}.arrow", table)
    corpus.move({name: _table(folder / f"{name}.arrow") for name in tables})
    del tables, table
    pa.default_memory_pool().release_unused()
    title = f"Indexing {corpus.descriptor.name}"
    with tqdm(total=2 * len(corpus), desc=title, unit=" turns", delay=1, leave=False) as bar:
        arrays, names = corpus.prepared(make, bar.update)
    for name, array in arrays.items():
        if not isinstance(array, np.memmap):
            np.save(folder / f"{name}.npy", array, allow_pickle=False)
        elif array.size:
            array.flush()
            if hasattr(mmap, "MADV_DONTNEED") and isinstance(array.base, mmap.mmap):
                # It is on the disk: memory need not hold it as well.
                array.base.madvise(mmap.MADV_DONTNEED)
    files = sorted(folder.iterdir())
    about = {
        "mark": marked,
        "files": {file.name: (file.stat().st_size, _ends(file)) for file in files},
        "arrays": list(arrays),
        "tables": list(corpus.tables()),
        "names": names,
    }
    raw = json.dumps(about, ensure_ascii=False).encode("utf-8")
    (folder / _ABOUT).write_bytes(_digest(raw).encode() + b"\n" + raw)


def _write_table(file: Path, table: pd.DataFrame) -> None:
    """One table in one piece, since pieces would be joined whenever rows are taken."""
    made = pa.Table.from_pandas(table, preserve_index=False).replace_schema_metadata(None)
    texts = [
        field.with_type(pa.large_string()) if pa.types.is_string(field.type) else field
        for field in made.schema
    ]
    made = made.cast(pa.schema(texts)).combine_chunks()
    with pa.OSFile(str(file), "wb") as opened, pa.ipc.new_file(opened, made.schema) as writer:
        writer.write_table(made)


_KINDS = {
    pa.large_string(): pd.StringDtype("pyarrow", na_value=np.nan),
    pa.int64(): pd.Int64Dtype(),
}


def _table(file: Path) -> pd.DataFrame:
    """One table, mapped: its cells are read when they are looked at."""
    cells = pa.ipc.open_file(pa.memory_map(str(file))).read_all()
    made: pd.DataFrame = cells.to_pandas(types_mapper=_KINDS.get)
    return made


def _array(file: Path) -> Array:
    """One array: mapped, unless it is so small that reading it is faster."""
    small = file.stat().st_size <= _MAPPED
    loaded: Array = np.load(file, mmap_mode=None if small else "r", allow_pickle=False)
    # A plain view: numpy's own class of mapped arrays makes every small slice slower.
    return loaded.view(np.ndarray)


def _digest(raw: bytes) -> str:
    return hashlib.blake2b(raw, digest_size=16).hexdigest()


def _ends(file: Path) -> str:
    """A hash of how a file begins and ends."""
    with file.open("rb") as opened:
        raw = opened.read(2 * _LOOKED_AT)
        if len(raw) == 2 * _LOOKED_AT:
            opened.seek(-_LOOKED_AT, os.SEEK_END)
            raw = raw[:_LOOKED_AT] + opened.read(_LOOKED_AT)
        return _digest(raw)


def _is_ours(where: Path) -> bool:
    """Whether nobody else can have put there what is opened now."""
    about = where.stat()
    return not hasattr(os, "geteuid") or (
        about.st_uid == os.geteuid() and not about.st_mode & 0o022
    )


def _sweep(root: Path) -> None:
    """Delete what programs have left that ended while they were building."""
    for left in _left(root):
        shutil.rmtree(left, ignore_errors=True)


def _left(root: Path) -> Iterator[Path]:
    for left in root.glob(".building-*"):
        if time.time() - left.stat().st_mtime > _GIVEN_UP:
            yield left
