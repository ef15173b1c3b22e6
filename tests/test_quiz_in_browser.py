"""Questions answered in JupyterLab: by keys, by mouse, after a restart, and what is then saved."""

from __future__ import annotations

import json
from pathlib import Path

import nbclient
import nbformat
import pytest
from playwright.sync_api import Locator, Page, expect

from asked import KEYED, ferry
from lab import Lab, in_lab, run_afresh, run_below, saved_both_ways
from readerlib.notes import Notes
from test_access_in_browser import CELLS, FAINT, SIDEWAYS, THEMES, faults, look
from test_hostile_in_browser import assert_only_ours, strings

HERE = str(Path(__file__).parent)
CANARY = "canaryXQV"
ANSWERS = {
    "evening": ["right-one"],
    "doubts": ["a", "b"],
    "course": ["a", "b", "c"],
    "sure": 20,
    "weight": 70,
    "seen": ["f1", "f2"],
    "many": f"eleven {CANARY}",
    "think": f"Who told him that? {CANARY}",
}
"""What is answered in each way."""


def cell(folder: Path, more: str = "") -> str:
    return f"""import sys
sys.path.insert(0, {HERE!r})
from asked import ferry
from readerlib import Reader
from readerlib.notes import Notes
from readerlib.views import Quiz
quiz = Quiz(ferry(), notes=Notes({str(folder)!r}){more})
quiz"""


class Asked:
    """A quiz on a page, by what a person looks for on it."""

    def __init__(self, page: Page) -> None:
        self.page, self.root = page, page.locator("section.quiz")
        self.status = self.root.locator('[data-part="status"]')

    def card(self, number: int) -> Locator:
        return self.root.locator(f'.card[data-number="{number}"]')

    def reply(self, number: int) -> Locator:
        return self.card(number).get_by_role("group", name="Your answer, and what is said to it")

    def press(self, number: int, button: str) -> None:
        self.card(number).get_by_role("button", name=button).first.click()

    def up(self, number: int, text: str) -> Locator:
        return self.card(number).get_by_role("button", name=f"Move up: {text}")

    def order(self) -> list[str]:
        return self.card(2).locator(".ordering li > span").all_inner_texts()

    def tab_to(self, wanted: Locator, most: int = 12) -> None:
        """Go on with the tab key until something has the focus."""
        for _ in range(most):
            self.page.keyboard.press("Tab")
            if wanted.evaluate("node => node === document.activeElement"):
                return
        raise AssertionError(f"not reached: {wanted}")


@pytest.fixture
def quiz(notebook: Page, tmp_path: Path) -> Asked:
    run_afresh(notebook, cell(tmp_path / "notes"))
    found = Asked(notebook)
    expect(found.status).to_have_text("0 of 8 answered", timeout=30_000)
    for button in ("Check", "Show what speaks for it", "Read the passage"):
        expect(found.card(0).get_by_role("button", name=button)).to_be_visible()
    return found


@pytest.fixture
def notes(quiz: Asked, tmp_path: Path) -> Notes:
    return Notes(tmp_path / "notes")


def kept(notes: Notes) -> dict[str, object]:
    """What is on the disk."""
    return {n: answer.value for n, answer in Notes(notes.path).answers(ferry()).items()}


def answer_by_mouse(quiz: Asked) -> None:
    card = quiz.card
    card(0).get_by_text("Whether the boat goes").click()
    quiz.press(0, "Check")
    card(1).get_by_text("No captain has come").click()
    card(1).get_by_text("The wind is turning").click()
    quiz.press(1, "Check")
    while quiz.order()[0] != "The radio is spoken of":
        quiz.up(2, "The radio is spoken of").click()
    while quiz.order()[1] != "The wind turns":
        quiz.up(2, "The wind turns").click()
    quiz.press(2, "Check")
    for number, share in ((3, 20), (4, 70)):
        slider = card(number).get_by_role("slider")
        width = slider.bounding_box()["width"]
        # The middle of the knob, which is 16 wide, is what stands at the place.
        slider.click(position={"x": 8 + (width - 16) * share / 100, "y": 14})
        expect(slider).to_have_value(str(share))
        quiz.press(number, "Check" if number == 3 else "Keep")
    card(5).get_by_text("The radio said it would").click()
    card(5).get_by_label("supports it (Bo, turn 3)").check()
    quiz.press(5, "Check")
    card(6).get_by_role("textbox").fill(str(ANSWERS["many"]))
    quiz.press(6, "Check")
    card(7).get_by_role("textbox").fill(str(ANSWERS["think"]))
    quiz.press(7, "Keep")
    expect(quiz.status).to_have_text("8 of 8 answered")


def test_each_kind_is_answered_by_mouse_and_looks_right_in_every_theme_and_width(
    quiz: Asked, notes: Notes, screenshots: Path
):
    page = quiz.page
    assert KEYED not in page.content()
    assert_well_seen(page, screenshots, "asked")
    answer_by_mouse(quiz)
    assert kept(notes) == ANSWERS
    for number, verdict in enumerate(["Right", "Right", "Right", "Right", "", "Partly", "Right"]):
        expect(quiz.reply(number)).to_contain_text(verdict)
    expect(quiz.reply(5)).to_contain_text("Here Ada tells what the radio said.")
    expect(quiz.reply(7)).not_to_contain_text("Right")
    quiz.press(5, "Show what speaks for it")
    expect(quiz.card(5).locator(".why")).to_contain_text("Bo, turn 5: He saw the cut")
    quiz.press(6, "Read the passage")
    expect(quiz.card(6)).to_contain_text("eleven people on board")
    assert_well_seen(page, screenshots, "answered")


def assert_well_seen(page: Page, screenshots: Path, state: str) -> None:
    """In three themes, wide and narrow: no fault, enough contrast, and nothing sideways."""
    targets = {"rules": {"target-size": {"enabled": True}}}
    for theme in THEMES:
        look(page, theme)
        assert faults(page, {} if theme == THEMES[0] else {"runOnly": ["cat.color"]}) == []
        contrast = page.evaluate(FAINT)
        assert contrast["looked"] > 20
        assert contrast["faint"] == [], theme
        page.screenshot(path=screenshots / f"quiz-{state}-{theme}.png")
    look(page, THEMES[0])
    page.evaluate("() => window.jupyterapp.shell.collapseLeft()")
    expect(page.locator("#jp-left-stack")).to_be_hidden()
    page.set_viewport_size({"width": 320, "height": 900})
    page.wait_for_function(
        "() => document.querySelector('section.quiz').getBoundingClientRect().right <= 320"
    )
    assert page.evaluate(SIDEWAYS) == []
    assert faults(page, targets) == []
    page.screenshot(path=screenshots / f"quiz-{state}-narrow.png")
    page.set_viewport_size({"width": 1280, "height": 800})


def test_by_keys_alone_each_kind_is_answered_and_the_notebook_stays_as_it_is(
    quiz: Asked, notes: Notes
):
    page, card, keyboard = quiz.page, quiz.card, quiz.page.keyboard
    cells = page.evaluate(CELLS)
    quiz.root.get_by_label("Asking").focus()
    # A choice of one.
    keyboard.press("Tab")
    wanted = card(0).get_by_label("Whether the boat goes")
    keyboard.press("Space")
    while not wanted.is_checked():
        keyboard.press("ArrowDown")
    keyboard.press("Enter")
    expect(quiz.reply(0)).to_be_focused()
    for key in ("b", "d", "d", "x", "Enter"):
        keyboard.press(key)
    # Of several.
    for option in card(1).get_by_role("checkbox").all():
        quiz.tab_to(option)
        if option.evaluate("box => !box.closest('label').innerText.includes('radio')"):
            keyboard.press("Space")
    quiz.tab_to(card(1).get_by_role("button", name="Check"))
    keyboard.press("Enter")
    expect(quiz.reply(1)).to_contain_text("Right")
    # An order, with the arrows and with the buttons.
    first = card(2).locator(".ordering li").first.get_by_role("button", name="Move down")
    quiz.tab_to(first)
    before = quiz.order()
    keyboard.press("Alt+ArrowDown")
    assert quiz.order() == [before[1], before[0], before[2]]
    expect(card(2).get_by_role("status")).to_have_text(f"{before[0]}: now 2 of 3")
    keyboard.press("Alt+ArrowUp")
    assert quiz.order() == before
    for at, text in enumerate(["The radio is spoken of", "The wind turns"]):
        while quiz.order()[at] != text:
            quiz.up(2, text).focus()
            keyboard.press("Enter")
    quiz.tab_to(card(2).get_by_role("button", name="Check"))
    keyboard.press("Enter")
    expect(quiz.reply(2)).to_contain_text("Right")
    # Two places on lines.
    for number, place in ((3, 20), (4, 70)):
        quiz.tab_to(card(number).get_by_role("slider"))
        keyboard.press("Home")
        for _ in range(place):
            keyboard.press("ArrowRight")
        words = ["close to “he guesses”", "nearer to “wholly”"][number - 3]
        expect(card(number).get_by_role("slider")).to_have_attribute("aria-valuetext", words)
        keyboard.press("Enter")
        expect(quiz.reply(number)).to_be_focused()
    # Evidence: the arrows go from turn to turn, also to one that is kept back.
    boxes = card(5).get_by_role("checkbox")
    quiz.tab_to(boxes.first)
    keyboard.press("End")
    expect(card(5).get_by_label("supports it (Bo, turn 5)")).to_be_focused()
    keyboard.press("ArrowUp")
    expect(card(5).get_by_role("button", name="Show", exact=True)).to_be_focused()
    assert "cut his finger" not in page.content()
    keyboard.press("Enter")
    expect(card(5).get_by_label("supports it (Bo, turn 5)")).to_be_focused()
    expect(card(5)).to_contain_text("cut his finger")
    keyboard.press("Home")
    for _ in range(2):
        keyboard.press("ArrowDown")
        keyboard.press("Space")
    keyboard.press("Enter")
    expect(quiz.reply(5)).to_contain_text("Partly")
    # In words.
    quiz.tab_to(card(6).get_by_role("textbox"))
    keyboard.insert_text(str(ANSWERS["many"]))
    keyboard.press("Enter")
    expect(quiz.reply(6)).to_be_focused()
    quiz.tab_to(card(7).get_by_role("textbox"))
    keyboard.insert_text(str(ANSWERS["think"]))
    keyboard.press("Control+Enter")
    expect(quiz.reply(7)).to_contain_text("Look at what Ada already knows.")
    expect(quiz.status).to_have_text("8 of 8 answered")
    assert kept(notes) == ANSWERS
    # One is changed, and left as it was.
    quiz.tab_to(card(7).get_by_role("button", name="Change my answer"))
    keyboard.press("Enter")
    expect(card(7).get_by_role("textbox")).to_be_focused()
    quiz.tab_to(card(7).get_by_role("button", name="Leave it as it was"))
    keyboard.press("Enter")
    expect(quiz.reply(7)).to_be_focused()
    # What is read below a question is put away again.
    quiz.tab_to(card(7).get_by_role("button", name="Read the passage"))
    keyboard.press("Enter")
    expect(card(7).get_by_role("group", name="The passage")).to_be_focused()
    quiz.tab_to(card(7).get_by_role("button", name="Put the passage away"))
    keyboard.press("Enter")
    expect(card(7).get_by_role("button", name="Read the passage")).to_be_focused()
    assert page.evaluate(CELLS) == cells


def test_answers_are_there_after_a_restart_and_no_saved_notebook_holds_them(
    quiz: Asked, notes: Notes, lab: Lab
):
    page = quiz.page
    answer_by_mouse(quiz)
    for saved in saved_both_ways(page, lab.folder / "reader.ipynb"):
        assert "Quiz(ferry()" in saved
        assert KEYED not in saved
        assert CANARY not in saved
        assert "right-one" not in saved
    in_lab(
        page,
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()",
    )
    run_afresh(page, cell(notes.path))
    expect(quiz.status).to_have_text("8 of 8 answered", timeout=30_000)
    for number, verdict in enumerate(["Right", "Right", "Right", "Right", "", "Partly", "Right"]):
        expect(quiz.reply(number)).to_contain_text(verdict)
    expect(quiz.reply(7)).to_contain_text(CANARY)
    quiz.press(6, "Change my answer")
    expect(quiz.card(6).get_by_role("textbox")).to_have_value(str(ANSWERS["many"]))


def test_what_is_written_to_an_open_question_is_kept_before_one_says_so(quiz: Asked, notes: Notes):
    area = quiz.card(7).get_by_role("textbox")
    area.press_sequentially("Half a th")
    expect(quiz.card(7)).to_contain_text("Not kept yet")
    expect(quiz.card(7).locator(".draft")).to_have_text("Saved")
    assert kept(notes) == {"think": "Half a th"}
    area.press_sequentially("ought")
    expect(quiz.card(7)).to_contain_text("Not kept yet")
    quiz.root.get_by_label("Asking").focus()
    expect(quiz.card(7).locator(".draft")).to_have_text("Saved")
    assert kept(notes) == {"think": "Half a thought"}
    expect(area).to_have_value("Half a thought")


def test_while_no_answer_comes_the_page_says_so(quiz: Asked, tmp_path: Path):
    done = tmp_path / "done"
    run_below(
        quiz.page,
        f"""import pathlib, time
keep = quiz._keep
def late(*given):
    for _ in range(400):
        if not pathlib.Path({str(done)!r}).exists():
            time.sleep(.05)
    keep(*given)
quiz._keep = late""",
    )
    # Its patience is shorter here, and as it was afterwards.
    quiz.page.evaluate(
        """() => {
            window.patient = window.setTimeout;
            window.setTimeout = (what, time, ...more) =>
                window.patient(what, time === 5000 ? 50 : time, ...more);
        }"""
    )
    quiz.card(6).get_by_role("textbox").fill("eleven")
    quiz.press(6, "Check")
    quiz.page.evaluate("() => { window.setTimeout = window.patient; }")
    alert = quiz.root.get_by_text("has not answered yet")
    expect(alert).to_be_visible()
    done.touch()
    expect(quiz.reply(6)).to_contain_text("Right")
    expect(alert).to_be_hidden()


def test_an_answer_given_in_another_window_is_shown_when_one_comes_back(quiz: Asked, notes: Notes):
    quiz.card(7).get_by_role("textbox").fill("A thought that is not kept yet.")
    expect(quiz.card(7)).to_contain_text("Not kept yet")
    notes.answer(ferry(), "many", "an hour")
    notes.answer(ferry(), "think", "Another thought.")
    quiz.page.evaluate("() => document.activeElement.blur()")
    quiz.root.get_by_label("Asking").focus()
    expect(quiz.reply(6)).to_contain_text("That is how late it was.")
    # What is being written is not written over.
    expect(quiz.card(7).get_by_role("textbox")).to_have_value("A thought that is not kept yet.")


def test_beside_a_reader_a_turn_is_read_there(quiz: Asked, tmp_path: Path):
    page = quiz.page
    more = ", then=reader.go"
    run_afresh(
        page,
        cell(tmp_path / "notes", more).replace("quiz =", "reader = Reader(ferry())\nquiz =")
        + "\nimport ipywidgets; ipywidgets.VBox([reader, quiz])",
    )
    expect(quiz.status).to_be_visible(timeout=30_000)
    quiz.root.get_by_label("Asking").select_option("How we know")
    expect(quiz.status).to_have_text("0 of 4 answered")
    expect(quiz.card(0)).to_be_hidden()
    quiz.press(7, "Read the passage")
    turn = page.locator('section.readerlib:not(.quiz) .turn[data-turn="f5"]')
    expect(turn).to_have_attribute("aria-current", "true")
    quiz.card(7).get_by_role("textbox").fill("Who told him.")
    quiz.press(7, "Keep")
    quiz.reply(7).get_by_role("button", name="Read Bo, turn 1 again").click()
    expect(turn).to_be_focused()


def test_markup_in_every_field_stays_text(quiz: Asked, lab: Lab, tmp_path: Path):
    page, bad = quiz.page, strings()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    (lab.folder / "asked.json").write_text(json.dumps(bad), "utf8")
    hostile = f"""import json, sys
sys.path.insert(0, {HERE!r})
import asked
from readerlib.notes import Notes
from readerlib.views import Quiz
bad = json.load(open("asked.json"))
some = lambda size, at=0: [bad[(at + i) % len(bad)] + f" {{i}}" for i in range(size)]
texts = [b if t else "" for b, t in zip(some(20), asked.options()["text"])]
corpus = asked.ferry({{"questions": {{"question": some(8, 3), "feedback": some(8, 5)}},
    "options": {{"text": texts, "feedback": some(20, 7)}},
    "turns": {{"text": some(7, 11)}}, "speakers": {{"name": some(2, 13)}},
    "conversations": {{"title": some(2, 17)}}}})
quiz = Quiz(corpus, notes=Notes({str(tmp_path / "hostile")!r}), notices="show")
quiz"""
    run_afresh(page, hostile)
    expect(quiz.status).to_have_text("0 of 8 answered", timeout=30_000)
    for option in quiz.card(1).get_by_role("checkbox").all():
        option.check()
    quiz.card(0).get_by_role("radio").last.check()
    quiz.card(5).get_by_role("checkbox").first.check()
    for number in (6, 7):
        quiz.card(number).get_by_role("textbox").fill(" ".join(bad[:12])[:499])
    for number in range(8):
        quiz.press(number, "What to look at" if number in (4, 7) else "Show what speaks")
        expect(quiz.card(number).locator(".why")).to_be_visible()
        quiz.press(number, "Keep" if number in (4, 7) else "Check")
        expect(quiz.reply(number)).to_be_visible()
        quiz.press(number, "Read the passage")
        expect(quiz.card(number).locator(".passage")).to_be_visible()
    assert_only_ours(page)
    assert page.evaluate(SIDEWAYS) == []
    run_below(page, "quiz._answers.clear(); quiz._take()")
    for number in (1, 6):
        quiz.press(number, "Change my answer")
        expect(quiz.card(number).locator("fieldset")).to_be_visible()
    assert_only_ours(page)
    assert not dialogs
    assert page.evaluate("window.ran === undefined")


def test_an_executed_notebook_holds_neither_key_nor_answer(tmp_path: Path):
    answers = json.dumps(ANSWERS)
    code = f"""{cell(tmp_path / "notes")}
for content in [{{"do": "ready"}}, *({{"do": "why", "number": n}} for n in range(8))]:
    quiz._handle_custom_msg(content, [])
answers = list({answers}.values())
for number, value in enumerate(answers):
    quiz._keep(number, value)
quiz._handle_custom_msg({{"do": "refresh"}}, [])
quiz.level = 3
quiz"""
    cells = [
        nbformat.v4.new_code_cell(code),
        nbformat.v4.new_code_cell("quiz.questions, quiz.questions[0].options, quiz._answers"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    for made in notebook.cells:
        made.source = ""
    saved = json.dumps(notebook, ensure_ascii=False)
    assert "widget-state" in saved
    assert "<Question evening: choice, on f1>" in saved
    assert len(Notes(tmp_path / "notes").answers(ferry())) == len(ANSWERS)
    for word in (KEYED, CANARY, "right-one", "What does Ada ask"):
        assert word not in saved
