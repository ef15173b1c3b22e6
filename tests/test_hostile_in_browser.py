"""Markup in every field of a corpus, on every surface of the views: it stays text."""

from __future__ import annotations

import json
import os
from pathlib import Path

from playwright.sync_api import expect

from lab import run_afresh, run_below

OURS = [
    "<script>window.ran = 1</script>",
    "<img src=x onerror=window.ran=1>",
    "<svg/onload=window.ran=1>",
    '"><script>window.ran=1</script>',
    "' onfocus='window.ran=1' autofocus='",
    '" onmouseover="window.ran=1" x="',
    "</p></article></li></ol><iframe srcdoc='<script>parent.ran=1</script>'>",
    "</textarea><script>window.ran=1</script>",
    "</option></select><img src=x onerror=window.ran=1>",
    "</summary></details><math><mi//xlink:href='data:x,<script>window.ran=1</script>'>",
    "<a href='javascript:window.ran=1'>here</a>",
    "<style>@import 'http://192.0.2.1/x.css';*{background:url(http://192.0.2.1/y)}</style>",
    "<link rel=stylesheet href=http://192.0.2.1/z.css>",
    "<base href=http://192.0.2.1/><form action=/w><button>Go</button></form>",
    "<button data-do='forget' data-row='0'>Show</button>",
    "<mark>found</mark> <b>bold</b> &lt;i&gt; &amp;amp; &#x3c;script&#x3e;",
    "<!-- <img src=x onerror=window.ran=1> --> <![CDATA[ <script>window.ran=1</script> ]]>",
    "{{constructor.constructor('window.ran=1')()}} ${window.ran=1} `${window.ran=1}`",
    "jaVasCript:/*-/*`/*\\`/*'/*\"/**/(/* */oNcliCk=window.ran=1 )//",
    "<x onclick=window.ran=1 style=position:fixed;inset:0>x</x>",
    "<data-commandlinker-command='filebrowser:delete'>",
    "<span data-commandlinker-command='apputils:load-statedb'>x</span>",
    "𝓼𝓬𝓻𝓲𝓹𝓽 ＜script＞window.ran=1＜/script＞",
]

CELL = """import json
import pandas as pd
from readerlib import AttachPanel, Corpus, Ledger, Reader, kwic
from readerlib.descriptor import Descriptor, Facet
bad = json.load(open("hostile.json"))
n = range(len(bad))
c = [f"c{i}" for i in n]; s = [f"s{i}" for i in n]; o = [f"o{i}" for i in n]
turns = pd.DataFrame({"turn_id": [f"t{i}" for i in n], "conversation_id": c, "position": "1",
    "speaker_id": s, "addressee_id": s, "kind": ["speech", "quoted"] * (len(bad) // 2),
    "text": [b if i % 3 else "" for i, b in enumerate(bad)], "gist": bad})
talks = pd.DataFrame({"conversation_id": c, "title": bad, "part": bad, "date": bad, "place": bad,
    "channel": bad, "source_id": o})
people = pd.DataFrame({"speaker_id": s, "role": bad,
    "name": [f"{b} {i}" for i, b in enumerate(bad)]})
sources = pd.DataFrame({"source_id": o, "title": bad, "author": bad, "publisher": bad, "date": bad,
    "method": bad, "way": bad, "rights": bad})
layers = ["theme", "notice", "evidence", "claim", "term", "retells"]
value = lambda layer, i: {"claim": f"k{i}", "term": f"g{i}", "retells": f"t{i}"}.get(layer, bad[i])
labels = pd.DataFrame([{"turn_id": f"t{i}", "start": "", "end": "", "layer": l,
    "value": value(l, i), "note": bad[i], "source_id": o[i]} for i in n for l in layers])
claims = pd.DataFrame({"claim_id": [f"k{i}" for i in n], "claim": bad, "status": bad,
    "established": bad, "not_established": bad, "denied": bad, "source_id": o})
terms = pd.DataFrame({"term_id": [f"g{i}" for i in n], "term": [f"{b} {i}" for i, b in
    enumerate(bad)], "explanation": bad, "source_id": o})
corpus = Corpus({"turns": turns, "conversations": talks, "speakers": people, "sources": sources,
    "annotations": labels, "claims": claims, "glossary": terms},
    Descriptor("hostile", bad[0], population=bad[1], path=("part",), facets=(
    Facet("part", bad[2], "conversations.part"), Facet("speaker", bad[3], "speakers.name"),
    Facet("theme", bad[4], "annotations.theme"), Facet("role", "Role", "speakers.role"))))
reader = Reader(corpus, notices="show")
asking = Reader(corpus)
panel = AttachPanel(corpus)
import ipywidgets
from IPython.display import display
display(kwic(corpus, "script", notices="show"))
ipywidgets.VBox([reader, asking, panel, Ledger(corpus)])"""


def strings() -> list[str]:
    """Our own, and where a folder of hostile cases is at hand, what its lists hold."""
    found = list(OURS)
    folder = os.environ.get("READERLIB_CASES")
    for path in sorted(Path(folder).glob("hostile/xss/intruders/*.txt")) if folder else ():
        lines = path.read_bytes().decode("utf8", "replace").splitlines()
        found += [line[:300] for line in lines if line.strip()][:6]
    kept = [
        " ".join(text.split())
        for text in found
        # What nobody can see is refused where a corpus is made.
        if text.strip() and text.isprintable()
    ]
    kept = list(dict.fromkeys(kept))
    return kept[: len(kept) // 2 * 2]


def test_hostile_strings_stay_text_on_every_surface(lab, opened, notebook):
    page, troubles = opened
    bad = strings()
    (lab.folder / "hostile.json").write_text(json.dumps(bad), "utf8")
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    run_afresh(page, CELL)
    views = page.locator("section.readerlib")
    expect(views).to_have_count(4)
    shown = views.first.locator(".turn .words")
    expect(shown).to_have_count(len(bad))
    first = shown.first.inner_text()
    assert first.split() == bad[0].split()
    for select in ("search", "facet", "about", "attach"):
        if select == "search":
            views.first.get_by_label("Search words").fill("script window onerror")
            views.first.get_by_label("Search words").press("Enter")
            expect(views.first.locator("mark").first).to_be_visible()
            assert_only_ours(page)
            views.first.get_by_role("button", name="Lines", exact=True).click()
            expect(views.first.locator(".lines tr").first).to_be_visible()
            assert_only_ours(page)
            views.first.get_by_role("button", name="Back to reading").click()
            expect(views.first.locator(".turn").first).to_be_visible()
        elif select == "facet":
            views.first.locator("input[data-facet]:enabled").first.click()
            expect(views.first.locator(".chips .chip").first).to_be_visible()
        elif select == "about":
            for i in range(0, len(bad), max(1, len(bad) // 12)):
                run_below(page, f'reader.selection = ""; reader.place = "t{i}"')
                assert_only_ours(page)
                for what in ("Copy with source", "Link", "Cite"):
                    button = views.first.get_by_role("button", name=what, exact=True)
                    if button.is_visible():
                        button.click()
                assert_only_ours(page)
        else:
            views.nth(1).get_by_role("button", name="Published words…", exact=True).click()
            expect(views).to_have_count(5)
        assert_only_ours(page)
    assert not dialogs
    assert page.evaluate("window.ran === undefined")
    assert not troubles.outside
    assert not troubles.errors


def assert_only_ours(page) -> None:
    """Within our regions only elements and attributes that rendering itself writes."""
    strange = page.evaluate(
        """() => {
            const tags = new Set(('section header h2 h3 h4 div nav span p small b i button ' +
                'select option input textarea progress details summary dl dt dd kbd fieldset ' +
                'legend label ol ul li article mark aside footer table thead tbody tr th td bdi br'
                ).split(' '));
            const found = [];
            for (const root of document.querySelectorAll('section.readerlib'))
                for (const node of root.querySelectorAll('*')) {
                    if (!tags.has(node.localName)) found.push(node.localName);
                    for (const {name} of node.attributes)
                        if (/^on|^href$|^src|^style$|^action$|commandlinker/.test(name))
                            found.push(node.localName + ' ' + name);
                }
            return found;
        }"""
    )
    assert strange == []
