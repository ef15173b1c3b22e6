"""How long the Reader takes over large archives, measured inside JupyterLab's own page.

    python benchmarks/at_size.py [--turns 400000 4000000] [--runs 30] [--folder DIR] [--json FILE]

Prints a table in Markdown.  Needs a Chromium; JupyterLab runs as ``readerlib`` starts it, on
loopback.  The archives are invented by ``readerlib.bench`` and lie, with their indexes, in the
folder, so that a second run over the same folder starts at once.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from lab import Lab, in_lab, lab_in_browser
from readerlib.bench import archive
from readerlib.bench.clock import TERMS

NAME = "at-size.ipynb"
WARM_UP = 3
SEED = 4

READ = """
import sys
from time import perf_counter
from readerlib import read
begun = perf_counter()
read(sys.argv[1])
print(1000 * (perf_counter() - begun))
"""
LOAD = "from readerlib import Reader, read\ncorpus = read({folder!r})"
SHOW = "reader = Reader(corpus)\nreader"
# The kernel's share of a gesture: making the Reader, and all that is done for a message.
LISTEN = """
import json
from time import perf_counter
took = []
def clocked(method):
    def call(*args, **named):
        begun = perf_counter()
        try:
            return method(*args, **named)
        finally:
            took.append(1000 * (perf_counter() - begun))
    return call
Reader.__init__, Reader._answer = clocked(Reader.__init__), clocked(Reader._answer)
"""
TOOK = "print(json.dumps(took)); took.clear()"
READ_AGAIN = """
def timed():
    begun = perf_counter()
    read({folder!r})
    return 1000 * (perf_counter() - begun)
print(json.dumps([timed() for _ in range({runs})]))
"""
TROUBLE = "print(json.dumps(reader.last_error))"
MEMORY = """
from pathlib import Path
lines = [line.split() for line in Path("/proc/self/status").read_text().splitlines()]
kept = ("VmRSS:", "RssAnon:", "VmHWM:")
print(json.dumps({line[0][:-1]: int(line[1]) / 1000 for line in lines if line[0] in kept}))
"""

# What the page itself does and times.  Rows count as painted at the second frame after they
# came into the document: the first is asked for before they are drawn, the second after it.
IN_PAGE = """() => {
  const NEAR = 250;
  const {commands, shell} = window.jupyterapp;
  const panel = shell.currentWidget;
  const kernel = () => panel.sessionContext.session.kernel;
  const frame = () => new Promise(requestAnimationFrame);
  const root = () => [...panel.node.querySelectorAll('section.readerlib')].at(-1);
  const status = () => root().querySelector('[data-part="status"]').textContent;

  async function quiet() {
    do await new Promise(done => setTimeout(done, 50)); while (kernel().status !== 'idle');
    await frame();
  }

  async function timed(node, gesture, done) {
    const there = new Promise(yes => {
      const watch = new MutationObserver(() => {
        if (!done()) return;
        watch.disconnect();
        yes(performance.now());
      });
      watch.observe(node, {childList: true, subtree: true, characterData: true});
    });
    const begun = performance.now();
    gesture();
    const arrived = await there;
    await frame();
    await frame();
    const painted = performance.now();
    return {
      arrived: arrived - begun,
      painted: painted - begun,
      nodes: root().querySelectorAll('.turn').length,
      elements: root().querySelectorAll('*').length,
      status: status(),
    };
  }

  window.atSize = {
    async run(index) {
      panel.content.activeCellIndex = index;
      await commands.execute('notebook:run-cell');
    },
    async ask(code) {
      let said = '';
      const future = kernel().requestExecute({code, store_history: false});
      future.onIOPub = ({header, content}) => {
        if (header.msg_type === 'stream') said += content.text;
        if (header.msg_type === 'error') said += content.traceback.join('\\n');
      };
      await future.done;
      return said;
    },
    async paint() {
      await quiet();
      for (const old of panel.node.querySelectorAll('section.readerlib')) old.dataset.old = '1';
      let ran;
      const taken = await timed(
        panel.node,
        () => { ran = window.atSize.run(1); },
        () => panel.node.querySelector('section.readerlib:not([data-old]) .turn'),
      );
      await ran;
      return taken;
    },
    async facet({facet, value, on}) {
      await quiet();
      const boxes = [...root().querySelectorAll(`input[data-facet="${facet}"][data-value]`)]
        .filter(box => !box.disabled && box.checked !== on);
      const box = boxes.find(box => box.dataset.value === value) ?? boxes[0];
      if (!box) throw new Error(`no value of ${facet} to click on`);
      const before = status();
      return timed(root(), () => box.click(), () => status() !== before);
    },
    async find(term) {
      await quiet();
      const search = root().querySelector('.search');
      const before = status();
      search.focus();
      return timed(
        root(),
        () => {
          search.value = term;
          search.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}));
        },
        () => status() !== before,
      );
    },
    rail() {
      const rail = root().querySelector('.rail');
      return rail && !rail.closest('[hidden]') ? Number(rail.max) : -1;
    },
    async jump(targets) {
      await quiet();
      const rail = root().querySelector('.rail');
      const rows = () => [...root().querySelectorAll('.turn[data-row]')];
      const off = (turn, to) => Math.abs(Number(turn.dataset.row) - to);
      const near = Math.min(NEAR, Math.ceil(Number(rail.max) / 100));
      // Only a jump to turns that are not in the page yet says anything.
      const to = targets.find(to => rows().every(turn => off(turn, to) > near));
      if (to === undefined) throw new Error('everything is in the page already');
      const taken = await timed(
        root(),
        () => {
          rail.value = to;
          rail.dispatchEvent(new Event('input', {bubbles: true}));
          rail.dispatchEvent(new Event('change', {bubbles: true}));
        },
        () => rows().some(turn => off(turn, to) <= near),
      );
      const pane = root().querySelector('.page').getBoundingClientRect();
      taken.inSight = rows().some(turn => {
        const {top, bottom} = turn.getBoundingClientRect();
        return off(turn, to) <= near && bottom > pane.top && top < pane.bottom;
      });
      return taken;
    },
    save: () => commands.execute('docmanager:save'),
    keepWidgets: () =>
      commands.execute('@jupyter-widgets/jupyterlab-manager:saveWidgetState'),
  };
}"""

# Facets one upon another, and off again: (facet, value, whether it is clicked on or off).
CLICKS = (
    ("role", "mother", True),
    ("kind", "speech", True),
    ("soldier", "Soldier 017", True),
    ("soldier", "Soldier 017", False),
    ("kind", "speech", False),
    ("role", "mother", False),
    ("theme", "food", True),
    ("theme", "food", False),
)
SEARCHES = {
    "a frequent word": TERMS["frequent"],
    "a word in between": TERMS["word"],
    "a rare word": archive.word(20_000),
    "a phrase of two words": TERMS["phrase"],
}


class Session:
    """A notebook with one archive in it, open in a browser."""

    def __init__(self, lab: Lab, browser: Browser, folder: Path) -> None:
        self.lab = lab
        self.notebook = lab.write_notebook(NAME, [LOAD.format(folder=str(folder)), SHOW])
        self.page: Page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        lab.open_notebook(self.page, NAME)
        self.page.evaluate(IN_PAGE)
        self.tools: CDPSession = self.page.context.new_cdp_session(self.page)
        self.found: dict[str, Any] = {"times": {}, "arrived": {}, "kernel": {}, "figures": {}}
        self.most = {"nodes": 0, "elements": 0}

    def do(self, name: str, argument: object = None) -> Any:
        """What one of the page's own functions gives."""
        return in_lab(self.page, f"argument => window.atSize.{name}(argument)", argument)

    def ask(self, code: str) -> Any:
        """What code prints in the kernel, as JSON; no cell is made for it."""
        said = str(self.do("ask", code))
        return json.loads(said) if said else None

    def gesture(self, name: str, do: str, argument: object = None, *, counts: bool = True) -> Any:
        """Do it once, and keep its times unless it is only to warm up."""
        taken = self.do(do, argument)
        for what in self.most:
            self.most[what] = max(self.most[what], taken[what])
        shares = self.ask(TOOK)
        if counts:
            self.keep("times", name, taken["painted"])
            self.keep("arrived", name, taken["arrived"])
            self.keep("kernel", name, sum(shares))
        return taken

    def keep(self, kind: str, name: str, value: float) -> None:
        self.found[kind].setdefault(name, []).append(value)

    def heap(self) -> float:
        """Megabytes of the page's JavaScript, after its garbage is gone."""
        for _ in range(3):
            self.tools.send("HeapProfiler.collectGarbage")
        return float(self.tools.send("Runtime.getHeapUsage")["usedSize"]) / 1e6

    def saved(self) -> float:
        """Kilobytes of the notebook as JupyterLab saves it."""
        self.do("save")
        return self.notebook.stat().st_size / 1000


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    ask.add_argument("--turns", type=int, nargs="+", default=[400_000, 4_000_000])
    ask.add_argument("--runs", type=int, default=30)
    ask.add_argument("--folder", type=Path, help="where archives and indexes are kept")
    ask.add_argument("--json", type=Path, help="where every single time is written")
    given = ask.parse_args()
    with tempfile.TemporaryDirectory(prefix="readerlib-size-") as temporary:
        root = (given.folder or Path(temporary)).resolve()
        # JupyterLab and its kernels inherit it.
        os.environ["READERLIB_CACHE"] = str(root / "cache")
        packages = {turns: prepared(turns, root) for turns in given.turns}
        every = []
        with lab_in_browser() as (lab, browser):
            about = machine(browser.version)
            for turns, folder in packages.items():
                found = measured(Session(lab, browser, folder), folder, given.runs)
                every.append({"turns": turns, **found})
                lab.end_kernels()
            browser.close()
    if given.json:
        given.json.write_text(json.dumps({"machine": about, "found": every}, indent=1), "utf-8")
    print(page(every, given.runs, about))


def prepared(turns: int, root: Path) -> Path:
    """The archive of so many turns, and its index, each made if it is not there."""
    folder = root / str(turns)
    # The description is written last, so with it the archive is whole.
    if not (folder / "datapackage.json").exists():
        say(f"inventing {turns:,} turns")
        folder.mkdir(parents=True, exist_ok=True)
        archive.write(turns, folder)
    say(f"opening {turns:,} turns, and indexing them if they are new")
    opened(folder)
    return folder


def opened(folder: Path) -> float:
    """Milliseconds that ``read`` takes in a process of its own, imports not counted."""
    done = subprocess.run(
        [sys.executable, "-c", READ, str(folder)], stdout=subprocess.PIPE, text=True, check=True
    )
    return float(done.stdout)


def measured(session: Session, folder: Path, runs: int) -> dict[str, Any]:
    """Every gesture over one archive, and what the page and the kernel hold at the end."""
    rng = random.Random(SEED)
    figures = session.found["figures"]
    say(f"{folder.name}: opening again")
    session.found["times"]["open"] = [opened(folder) for _ in range(runs)]
    session.do("run", 0)
    session.ask(LISTEN)
    session.found["times"]["open in kernel"] = session.ask(
        READ_AGAIN.format(folder=str(folder), runs=runs)
    )
    figures["heap before"] = session.heap()

    say(f"{folder.name}: first paint")
    session.gesture("first paint of all", "paint")
    for run in range(-WARM_UP, runs):
        shown = session.gesture("first paint", "paint", counts=run >= 0)
    everything = shown["status"]

    say(f"{folder.name}: facets")
    for facet, value, on in CLICKS:
        click = {"facet": facet, "value": value, "on": on}
        session.gesture("", "facet", click, counts=False)
    for facet, value, on in clicks(runs):
        click = {"facet": facet, "value": value, "on": on}
        session.gesture(f"facet {facet}", "facet", click)

    say(f"{folder.name}: searches")
    for run in range(-WARM_UP, runs):
        for name, term in SEARCHES.items():
            session.gesture(f"find {name}", "find", term, counts=run >= 0)
    session.gesture("", "find", "", counts=False)
    assert session.gesture("", "find", "ba", counts=False)["status"] != everything
    back = session.gesture("", "find", "", counts=False)["status"]
    assert back == everything, (back, everything)

    last = session.do("rail")
    if last < 0:
        say(f"{folder.name}: no jump is measured, for this Reader shows no rail to move")
    else:
        say(f"{folder.name}: jumps to the middle")
        for run in range(-WARM_UP, runs):
            targets = [round(last * rng.uniform(0.4, 0.6)) for _ in range(100)]
            taken = session.gesture("jump", "jump", targets, counts=run >= 0)
            assert taken["inSight"], "after a jump no turn from there is in sight"

    trouble = session.ask(TROUBLE)
    assert not trouble, trouble
    figures |= {name: float(most) for name, most in session.most.items()}
    figures["heap after"] = session.heap()
    figures["heap of the Reader"] = figures["heap after"] - figures["heap before"]
    memory = session.ask(MEMORY)
    figures["resident"], figures["anonymous"] = memory["VmRSS"], memory["RssAnon"]
    figures["peak"] = memory["VmHWM"]
    figures["notebook"] = session.saved()
    session.do("keepWidgets")
    figures["notebook with widgets"] = session.saved()
    session.page.context.close()
    return session.found


def clicks(runs: int) -> Iterator[tuple[str, str, bool]]:
    """Rounds of clicks, each whole, until each facet was clicked on `runs` times."""
    rounds = -(-runs // 2)
    for _ in range(rounds):
        yield from CLICKS


def machine(browser: str) -> str:
    """What it was measured on, without its name."""
    size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {size:.0f} GB, {platform.system()}, "
        f"Python {platform.python_version()}, JupyterLab {version('jupyterlab')}, "
        f"Chromium {browser}; load when it began {os.getloadavg()[0]:.1f}"
    )


ROWS = (
    # What is shown: kind, name, title, target of each size, or of all.
    ("times", "open", "opened again, in a new process (ms)", "< 50, < 300"),
    ("times", "open in kernel", "opened again, in the same kernel (ms)", ""),
    ("times", "first paint of all", "first paint, the very first (ms)", ""),
    ("times", "first paint", "first paint (ms)", "< 300"),
    *(
        ("times", f"facet {facet}", f"a facet: {facet} (ms)", "< 80")
        for facet in ("role", "kind", "soldier", "theme")
    ),
    *(("times", f"find {name}", f"a search: {name} (ms)", "< 80") for name in SEARCHES),
    ("times", "jump", "a jump to the middle (ms)", "< 80"),
    ("figures", "nodes", "turns in the page, at most", "≤ 500"),
    ("figures", "elements", "elements of the Reader, at most", ""),
    ("figures", "heap before", "JavaScript heap without a Reader (MB)", ""),
    ("figures", "heap after", "JavaScript heap at the end (MB)", "< 60"),
    ("figures", "heap of the Reader", "the difference (MB)", ""),
    ("figures", "notebook", "notebook file (KB)", "< 1,000"),
    ("figures", "notebook with widgets", "the same with the widgets' state (KB)", "< 1,000"),
    ("figures", "resident", "kernel's resident memory (MB)", "< 1,500"),
    ("figures", "anonymous", "of it not mapped from files (MB)", ""),
)


def page(every: Sequence[dict[str, Any]], runs: int, about: str) -> str:
    """The table, and a second one of where the time goes."""
    sizes = [f"{found['turns']:,} turns" for found in every]
    rule = "|---" + "|---:" * len(sizes)
    lines = [f"Measured on: {about}. Medians of {runs}, the ninth decile in brackets.", ""]
    lines += ["| | " + " | ".join(sizes) + " | target |", f"{rule}|---|"]
    for kind, name, title, target in ROWS:
        cells = [cell(found[kind].get(name)) for found in every]
        lines.append(f"| {title} | " + " | ".join(cells) + f" | {target} |")
    lines += [
        "",
        "Where the time goes: in the kernel / until the rows are in the document (ms).",
        "",
    ]
    lines += ["| | " + " | ".join(sizes) + " |", f"{rule}|"]
    for _, name, title, _ in ROWS:
        if any(name in found["kernel"] for found in every):
            shares = [[found[kind].get(name) for kind in ("kernel", "arrived")] for found in every]
            cells = [" / ".join(number(median(s)) if s else "–" for s in pair) for pair in shares]
            lines.append(f"| {title.removesuffix(' (ms)')} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def cell(value: list[float] | float | None) -> str:
    """A figure, or median and ninth decile of several."""
    if isinstance(value, list):
        high = sorted(value)[min(len(value) - 1, round(0.9 * (len(value) - 1)))]
        return number(median(value)) + (f" ({number(high)})" if len(value) > 1 else "")
    return "–" if value is None else number(value)


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 20 else f"{value:.1f}"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
