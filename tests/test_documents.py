"""Documents: what is read of a file, and what keeps a hostile one from doing harm."""

from __future__ import annotations

import email.message
import gzip
import html
import http.server
import io
import ipaddress
import json
import plistlib
import random
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from random import Random

import docx
import pytest
from fpdf import FPDF

import published
import variants
from readerlib import documents, load
from readerlib.attach import align
from readerlib.documents import Document, from_bytes, pasted, read
from readerlib.documents.fetch import fetch, is_public
from readerlib.errors import ReaderError
from test_attach import PIER, STORY, written

WORDS_OF_THE_PAGE = "garden river market weather council museum bridge ticket season kitchen"
PARAGRAPHS = written().split("\n\n")
WRAPPED = {
    "paragraphs": lambda line: f"<p>{html.escape(line)}</p>",
    "divisions": lambda line: f"<div class=t><span>{html.escape(line)}</span></div>",
    "line breaks": lambda line: f"{html.escape(line)}<br><br>",
    "a list": lambda line: f"<ul><li>{html.escape(line)}</li></ul>",
    "definitions": lambda line: pair("<dl><dt>{}</dt><dd>{}</dd></dl>", line),
    "table rows": lambda line: pair("<table><tr><td>{}</td><td>{}</td></tr></table>", line),
    "bold labels": lambda line: pair("<p><strong>{}:</strong> {}</p>", line),
    "quotations": lambda line: f"<blockquote><p>{html.escape(line)}</p></blockquote>",
    "unclosed tags": lambda line: f"<p>{html.escape(line)}",
}


def pair(form: str, line: str) -> str:
    label, colon, rest = line.partition(": ")
    if not colon or len(label) > 8:
        return f"<p>{html.escape(line)}</p>"
    return form.format(html.escape(label), html.escape(rest))


def sentence(rng: Random) -> str:
    words = WORDS_OF_THE_PAGE.split()
    return " ".join(rng.choice(words) for _ in range(rng.randint(6, 14))).capitalize() + "."


def page(lines: list[str], wrap, rng: Random, boxes: int = 100) -> bytes:
    """A saved page: the story, and around and between it what such pages have."""
    nav = "".join(f'<li><a href="/{i}">{sentence(rng)}</a></li>' for i in range(boxes))
    script = json.dumps({f"k{i}": sentence(rng) for i in range(boxes * 4)})
    body = []
    for i, line in enumerate(lines):
        body.append(wrap(line))
        if i % 11 == 3:
            body.append('<div class="ad"><div>Advertisement</div><iframe src="x"></iframe></div>')
        if i % 17 == 5:
            body.append(
                f"<figure><img alt=a><figcaption>{sentence(rng)} (Photo)</figcaption></figure>"
            )
        if i % 23 == 7:
            body.append(f'<aside><h4>Read more</h4><a href="/r">{sentence(rng)}</a></aside>')
    rest = "".join(
        f"<article><h3>{sentence(rng)}</h3><p><b>user{i}:</b> {sentence(rng)}</p></article>"
        for i in range(boxes * 5)
    )
    return (
        "<!DOCTYPE html><html><head><meta charset=utf-8><title>The copy</title>"
        f"<script>var data = {script}</script><style>p {{ color: red }}</style></head><body>"
        f"<nav><ul>{nav}</ul></nav><main><h1>Calls</h1>{''.join(body)}</main>{rest}"
        f"<footer>{sentence(rng) * 50}</footer></body></html>"
    ).encode()


class TestPages:
    @pytest.mark.parametrize("form", list(WRAPPED))
    def test_every_paragraph_of_a_dialogue_is_kept(self, form: str):
        document = from_bytes(page(PARAGRAPHS, WRAPPED[form], Random(form)))
        assert document.title == "The copy"
        report = align(PIER, document)
        assert report.count("exact") == len(STORY)
        assert "var data" not in document.text

    @pytest.mark.parametrize("form", list(WRAPPED))
    def test_an_article_in_300_kb_of_other_html_is_found_whole(self, form, articles: Path):
        lines = variants.original(articles, "ap-2023-02").text(Random(0)).split("\n\n")
        raw = page(lines, WRAPPED[form], Random(form), boxes=450)
        assert len(raw) > 300_000
        report = align(load("calls", attached=False), from_bytes(raw))
        assert report.count("exact") == len(report.turns) == 207

    @pytest.mark.parametrize(
        ("encoding", "declared"),
        [
            ("utf-8", ""),
            ("utf-8-sig", ""),
            ("utf-16", ""),
            ("utf-16-le", ""),
            ("cp1252", ""),
            ("cp1252", "<meta charset=windows-1252>"),
            ("cp1252", "<meta charset=iso-8859-1>"),
            ("koi8-r", "<meta http-equiv=Content-Type content='text/html; charset=koi8-r'>"),
        ],
    )
    def test_its_encoding_is_told_by_its_content(self, encoding: str, declared: str):
        said = "Анна здесь" if encoding == "koi8-r" else "“Café” — naïve"
        raw = f"<html><head>{declared}</head><p>{said}</p></html>".encode(encoding)
        assert from_bytes(raw).paragraphs == (said,)

    def test_the_article_in_a_pages_description_of_itself_is_read(self):
        about = json.dumps({"@graph": [{"articleBody": written()}]})
        raw = f"<html><script type='application/ld+json'>{about}</script><div id=app></div></html>"
        assert align(PIER, from_bytes(raw.encode())).accepted

    def test_a_number_of_a_note_does_not_grow_together_with_a_word(self):
        assert from_bytes(b"<html><p>rope<sup>12</sup> holds</p></html>").paragraphs == (
            "rope[12] holds",
        )

    def test_deep_nesting_and_odd_signs_do_no_harm(self):
        raw = b"<html>" + b"<div>" * 30_000 + b"<p>Deep\0 down</p>" + b"</div>" * 30_000
        assert "down" in from_bytes(raw).text
        assert from_bytes(b"<html><p>a&#xD800;b</p></html>").text
        assert from_bytes(b"<html></html>").paragraphs == ()


def pdf(lines: list[str], columns: int, *, by_rows: bool = False) -> bytes:
    """The lines as a PDF, without a font of its own, so in plain ASCII."""
    plain = [
        line.translate(str.maketrans("“”‘’—…½", "\"\"''--?")).encode("ascii", "ignore").decode()
        for line in lines
    ]
    file = FPDF()
    file.set_font("Helvetica", size=9)
    if not by_rows:
        file.add_page()
        with file.text_columns(ncols=columns, gutter=8, text_align="J") as area:
            for line in plain:
                area.write(line)
                area.ln()
                area.ln()
        return bytes(file.output())
    rows = [row for line in plain for row in [*variants.hyphenated(line, 46), ""]]
    for at in range(0, len(rows), 120):
        file.add_page()
        file.set_font("Helvetica", size=8)
        for k in range(60):
            for x, row in ((12, at + k), (108, at + 60 + k)):
                if row < len(rows) and rows[row]:
                    file.text(x, 15 + k * 4.3, rows[row])
    return bytes(file.output())


class TestOtherFiles:
    @pytest.mark.parametrize("columns", [1, 2])
    def test_a_pdf_is_read_column_by_column(self, columns: int):
        report = align(PIER, from_bytes(pdf(PARAGRAPHS * 3, columns)))
        assert all(turn.found for turn in report.turns)

    @pytest.mark.parametrize("by_rows", [False, True])
    def test_an_article_in_two_columns_is_found_whole(self, by_rows: bool, articles: Path):
        lines = variants.original(articles, "ap-2023-02").text(Random(0)).split("\n\n")
        document = from_bytes(pdf(lines, 2, by_rows=by_rows))
        report = align(load("calls", attached=False), document)
        lost = [turn.turn_id for turn in report.turns if not turn.found]
        # The font has no ½: that turn is not in this PDF as it was published.
        assert set(lost) <= {"maxim-1-05"}
        assert report.accepted

    def test_a_docx_is_read_with_its_tables_and_links(self):
        file = docx.Document()
        for i, line in enumerate(PARAGRAPHS):
            if i % 4 == 3:
                file.add_table(1, 1).cell(0, 0).text = line
            else:
                paragraph = file.add_paragraph()
                for word in line.split(" "):
                    paragraph.add_run(word + " ").bold = len(word) > 5
        raw = io.BytesIO()
        file.save(raw)
        report = align(PIER, from_bytes(raw.getvalue()))
        assert report.count("exact") == len(STORY)

    def test_an_article_in_a_docx_is_found_whole(self, articles: Path, tmp_path: Path):
        file = docx.Document()
        for line in (articles / published.ARTICLES["ap-2023-02"][0]).read_text("utf-8").split("\n"):
            file.add_paragraph(line)
        file.save(str(tmp_path / "calls.docx"))
        report = align(load("calls", attached=False), tmp_path / "calls.docx")
        assert report.count("exact") == 207

    def test_an_odt_is_read(self):
        ns = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
        body = "".join(f"<t:p><t:span>{html.escape(line)}</t:span></t:p>" for line in PARAGRAPHS)
        raw = io.BytesIO()
        with zipfile.ZipFile(raw, "w") as archive:
            archive.writestr("content.xml", f'<d xmlns:t="{ns}">{body}</d>')
        assert from_bytes(raw.getvalue()).paragraphs == tuple(PARAGRAPHS)

    def test_a_page_saved_as_one_file_is_read(self):
        message = email.message.EmailMessage()
        message["Subject"] = "Saved"
        message.set_content("a plain part")
        message.add_alternative("".join(f"<p>{html.escape(p)}</p>" for p in PARAGRAPHS), "html")
        assert align(PIER, from_bytes(bytes(message))).count("exact") == len(STORY)
        main = {"WebResourceData": page(PARAGRAPHS, WRAPPED["paragraphs"], Random(1))}
        archive = plistlib.dumps({"WebMainResource": main}, fmt=plistlib.FMT_BINARY)
        assert align(PIER, from_bytes(archive)).count("exact") == len(STORY)

    def test_the_strings_of_a_json_file_are_read(self):
        body = "".join(f"<p>{html.escape(p)}</p>" for p in PARAGRAPHS)
        raw = json.dumps({"id": 3, "content": {"rendered": body}}).encode()
        assert align(PIER, from_bytes(raw)).count("exact") == len(STORY)

    def test_plain_text_keeps_its_lines(self, tmp_path: Path):
        file = tmp_path / "copy.html"  # The name says one thing, the content another.
        file.write_bytes(b"One\r\ntwo <3\r\n\r\nthree")
        assert read(file).paragraphs == ("One\ntwo <3", "three")
        assert pasted("One\r\ntwo\r\n\r\n\r\nthree\n").paragraphs == ("One\ntwo", "three\n")

    def test_the_pasted_source_of_a_page_is_read_as_a_page(self):
        assert pasted("<div><p>One.</p><p>Two.</p></div>").paragraphs == ("One.", "Two.")


def zipped(name: str, data: bytes) -> bytes:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return raw.getvalue()


class TestHarm:
    @pytest.mark.parametrize(
        ("data", "said"),
        [
            (b"%PDF-1.7 and then nothing", "damaged"),
            (b"PK\x03\x04 and then nothing", "damaged"),
            (zipped("readme.txt", b"x"), "an archive"),
            (zipped("word/document.xml", b"<w:document"), "damaged"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Word"),
            (b"{\\rtf1\\ansi Hello}", "RTF"),
            (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "picture"),
            (bytes(range(256)) * 30, "no text"),
            (pdf([], 1), "no text"),
        ],
    )
    def test_a_file_that_cannot_be_read_says_why_and_what_to_do(self, data: bytes, said: str):
        with pytest.raises(ReaderError, match=said) as told:
            from_bytes(data, "copy.bin")
        assert str(told.value).startswith("copy.bin: ")
        assert told.value.problems[0].remedy

    def test_a_file_that_swells_when_unpacked_is_refused(self):
        with pytest.raises(ReaderError, match="unpacked"):
            from_bytes(zipped("word/document.xml", b" " * 130_000_000))

    def test_entities_that_multiply_are_not_resolved(self):
        bomb = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
        xml = f'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a0 "x">{bomb}]><d>&a11;</d>'
        begun = time.monotonic()
        try:
            text = from_bytes(zipped("word/document.xml", xml.encode())).text
        except ReaderError:
            text = ""
        assert len(text) < 100
        assert time.monotonic() - begun < 10

    def test_a_file_outside_is_not_read_through_an_entity(self, tmp_path: Path):
        secret = tmp_path / "secret.txt"
        secret.write_text("canary", "utf-8")
        ns = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        xml = (
            f'<!DOCTYPE d [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
            f'<w:d xmlns:w="{ns}"><w:p><w:t>&e;</w:t></w:p></w:d>'
        )
        assert "canary" not in from_bytes(zipped("word/document.xml", xml.encode())).text

    @pytest.mark.parametrize(
        ("program", "said"),
        [
            ("import time; time.sleep(60)", "longer than"),
            ("raise SystemExit(3)", "code 3"),
            ("import os; os.kill(os.getpid(), 11)", "failed"),
            ("import sys; sys.stdout.write('[]')", "failed"),
        ],
    )
    def test_a_parser_that_hangs_or_crashes_ends_in_a_message(
        self, program: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ):
        (tmp_path / "extract.py").write_text(program, "utf-8")
        monkeypatch.setattr(documents, "_EXTRACT", tmp_path / "extract.py")
        monkeypatch.setattr(documents, "MOST_SECONDS", 1)
        with pytest.raises(ReaderError, match=said):
            from_bytes(b"x")

    def test_a_file_too_large_or_no_file_is_refused(self, tmp_path, monkeypatch):
        monkeypatch.setattr(documents, "MOST_BYTES", 10)
        (tmp_path / "large.txt").write_bytes(b"x" * 11)
        with pytest.raises(ReaderError, match="larger than"):
            read(tmp_path / "large.txt")
        with pytest.raises(ReaderError, match="a folder"):
            read(tmp_path)
        with pytest.raises(ReaderError, match="no such file"):
            read(tmp_path / "none")

    def test_noise_never_ends_in_a_traceback(self):
        rng = random.Random(5)
        for head in (
            b"",
            b"<html>",
            b"%PDF-1.4\n",
            b"PK\x03\x04",
            b"bplist00",
            b"From: a\nMIME-Version: 1",
        ):
            for _ in range(2):
                raw = head + rng.randbytes(rng.randint(1, 3000))
                try:
                    assert isinstance(from_bytes(raw), Document)
                except ReaderError:
                    continue


class Pages(http.server.BaseHTTPRequestHandler):
    """A server of the pages that a fetch may meet."""

    def do_GET(self):
        body = page(PARAGRAPHS, WRAPPED["paragraphs"], Random(1), boxes=3)
        match self.path.split("?")[0]:
            case "/story":
                self.answer(body)
            case "/gzip":
                self.answer(gzip.compress(body), {"Content-Encoding": "gzip"})
            case "/bomb":
                self.answer(gzip.compress(b" " * 30_000_000), {"Content-Encoding": "gzip"})
            case "/moved":
                self.answer(b"", {"Location": "/story"}, 302)
            case "/inward":
                self.answer(
                    b"", {"Location": f"http://127.0.0.2:{self.server.server_port}/story"}, 301
                )
            case "/file":
                self.answer(b"", {"Location": "file:///etc/hostname"}, 302)
            case "/round":
                self.answer(b"", {"Location": "/round"}, 302)
            case "/large":
                self.answer(b"x" * 21_000_000)
            case "/slow":
                self.send_response(200)
                self.end_headers()
                for _ in range(100):
                    self.wfile.write(b"<p>")
                    time.sleep(0.05)
            case _:
                self.answer(b"nothing here", status=404)

    def answer(self, body: bytes, headers: dict[str, str] | None = None, status: int = 200) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep the tests' output clean."""


class Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has had enough is none of the server's business."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = Quiet(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def this_one(address: object) -> bool:
    return str(address) == "127.0.0.1"


class TestFetching:
    @pytest.mark.parametrize("path", ["/story", "/gzip", "/moved", "/story?a=1&b=2#c"])
    def test_a_page_is_fetched_and_read(self, site: str, path: str):
        told: list[float] = []
        document = fetch(site + path, lambda share, what: told.append(share), allowed=this_one)
        assert align(PIER, document).count("exact") == len(STORY)
        assert told[-1] == 0.9

    def test_this_machine_is_refused_unless_a_test_allows_it(self, site: str):
        for url in (site, site.replace("127.0.0.1", "localhost"), "http://[::1]/", "http://0/"):
            with pytest.raises(ReaderError, match="not in the public network"):
                fetch(url)

    @pytest.mark.parametrize(
        ("path", "said"),
        [
            ("/inward", "not in the public network"),
            ("/file", "not one of the web"),
            ("/round", "leads on more than 5 times"),
            ("/large", "larger than 20 MB"),
            ("/bomb", "larger than 20 MB"),
            ("/none", "answers 404"),
        ],
    )
    def test_what_a_page_may_not_do(self, site: str, path: str, said: str):
        with pytest.raises(ReaderError, match=said) as told:
            fetch(site + path, allowed=this_one)
        assert told.value.problems[0].remedy

    def test_a_server_that_dawdles_is_left(self, site: str, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setattr("readerlib.documents.fetch.MOST_SECONDS", 0.3)
        begun = time.monotonic()
        with pytest.raises(ReaderError, match="longer than"):
            fetch(f"{site}/slow", allowed=this_one)
        assert time.monotonic() - begun < 3

    @pytest.mark.parametrize(
        "url",
        [
            "ftp://example.org/",
            "file:///etc/passwd",
            "//example.org/",
            "example.org",
            "http://",
            "http://user:word@example.org/",
            "http://example.org:99999/",
            "http://example.org/\r\nHost: other",
            "http://[::1",
            "javascript:alert(1)",
            "",
        ],
    )
    def test_what_is_no_address_of_the_web_is_refused(self, url: str):
        with pytest.raises(ReaderError, match="not one of the web"):
            fetch(url)

    def test_a_host_that_resolves_inward_is_refused(self, monkeypatch: pytest.MonkeyPatch):
        # Among public addresses, too: the next answer may name the other one.
        for inward in (
            "127.0.0.1",
            "10.0.0.8",
            "169.254.169.254",
            "::ffff:192.168.0.1",
            "fe80::1%2",
        ):
            found = [(0, 0, 0, "", ("8.8.8.8", 80)), (0, 0, 0, "", (inward, 80))]
            monkeypatch.setattr(socket, "getaddrinfo", lambda *a, found=found, **k: found)
            with pytest.raises(ReaderError, match="not in the public network"):
                fetch("http://example.org/")

    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "239.255.255.250",
            "255.255.255.255",
            "192.88.99.1",
            "::1",
            "::",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "fe80::1",
            "fc00::1",
            "fec0::1",
            "ff02::1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::a00:1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
        ],
    )
    def test_inward_and_translated_addresses_are_not_public(self, address: str):
        assert not is_public(ipaddress.ip_address(address))

    @pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8"])
    def test_hosts_of_the_public_network_are(self, address: str):
        assert is_public(ipaddress.ip_address(address))
