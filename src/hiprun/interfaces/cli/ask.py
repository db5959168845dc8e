"""`hiprun ask`: an interview in the terminal."""

from __future__ import annotations

from typing import Any, assert_never

import attrs
import click

from hiprun.catalogue import Catalogue, catalogue
from hiprun.errors import FactError
from hiprun.inference.facts import shown
from hiprun.inference.interview import Interview, Question, Step
from hiprun.inference.outcome_text import outcome_text, wrapped
from hiprun.inference.reader_texts import readable
from hiprun.interfaces.cli import console
from hiprun.interfaces.cli.options import language_option, pack_at, patient, patient_options, professional_option
from hiprun.language.reader.fact_files import read_value
from hiprun.model.value_notation import notation


@attrs.frozen
class _Answers:
    """The answers so far: facts, and facts that were skipped; `order` is needed for going back."""

    facts: dict[str, Any]
    skipped: tuple[str, ...] = ()
    order: tuple[str, ...] = ()

    def with_answer(self, fact: str, value: Any) -> _Answers:
        return _Answers({**self.facts, fact: value}, self.skipped, (*self.order, fact))

    def skipping(self, fact: str) -> _Answers:
        return _Answers(self.facts, (*self.skipped, fact), (*self.order, fact))

    def back(self) -> _Answers:
        last = self.order[-1]
        facts = {name: value for name, value in self.facts.items() if name != last}
        return _Answers(facts, tuple(name for name in self.skipped if name != last), self.order[:-1])


@click.command()
@patient_options
@professional_option
@language_option
def ask(
    words: tuple[str, ...],
    facts_file: str | None,
    rules: str | None,
    settings: tuple[str, ...],
    professional: bool,
    language: str | None,
) -> None:
    """Ask only the questions that can still change a decision.

    Facts you give as for `hiprun eval` are not asked for. At each question,
    Enter skips it, `back` takes back the last answer, `why` says why it is
    asked, and `stop` ends with the safest answer so far.
    """
    pack = pack_at(rules, settings, language)
    decisions, facts = patient(pack, words, facts_file)
    if len(decisions) != 1:
        raise click.UsageError(f"Name one decision to ask about: {', '.join(pack.model.offered)}.")
    conversation = _Conversation(pack.interview(decisions[0]), catalogue(pack.model.text_language), professional)
    step = conversation.run(_Answers(dict(facts)))
    console.print_block(step.outcome.advice().lines(("first", "do", "why", "also", "ask", "open")))
    click.echo()
    if professional:
        console.print_block(outcome_text(pack.decisions[step.decision], step.outcome).split("\n"))
        click.echo()
        click.echo(str(attrs.evolve(step.outcome.explain(), notice="", decisions=())))
        click.echo()
    console.print_notice(pack)


@attrs.frozen
class _Conversation:
    """An interview in the words of one language; a professional is also told which rules depend on an answer."""

    interview: Interview
    words: Catalogue
    professional: bool

    def run(self, answers: _Answers) -> Step:
        """Run the interview until it is finished or stopped, and return its last step."""
        for line in wrapped(self.words.text("interview.help")):
            click.echo(line)
        while True:
            step = self.interview.step(answers.facts, answers.skipped)
            if step.question is None:
                click.echo()
                return step
            self.print_question(step.question, len(answers.order) + 1, step.most_left)
            answered = self.read_answer(step.question, answers)
            if answered is None:
                return step
            answers = answered

    def print_question(self, question: Question, number: int, most_left: int) -> None:
        click.echo()
        for line in wrapped(f"{number}. {question.ask}"):
            click.echo(click.style(line, bold=True))
        for index, (name, text) in enumerate(question.choices.items(), 1):
            for line in wrapped(f"{index} {text or readable(name)}", "   "):
                click.echo(line)
        left = self.words.counted("interview.left", most_left)
        expected = self.words.text("interview.expected", expected=self.expected_input(question), left=left)
        click.echo(f"   {expected}")

    def expected_input(self, question: Question) -> str:
        unit = f" {question.unit}" if question.unit else ""
        match question.type:
            case "boolean" | "choice" | "set" | "date" | "string":
                return self.words.text(f"interview.expected.{question.type}")
            case "integer" | "number":
                if question.lowest is None or question.highest is None:
                    return f"{self.words.text('interview.expected.number')}{unit}"
                ends = {"lowest": notation(question.lowest), "highest": notation(question.highest)}
                return f"{self.words.text('interview.expected.range', **ends)}{unit}"
            case _:
                assert_never(question.type)

    def read_answer(self, question: Question, answers: _Answers) -> _Answers | None:
        """Return the answers with one more or one fewer; None to stop."""
        back, why, stop, skip = (self.words.text(f"interview.{word}") for word in ("back", "why", "stop", "skip"))
        while True:
            try:
                reply = click.prompt(">", default="", show_default=False, prompt_suffix=" ").strip()
            except (click.Abort, EOFError):
                click.echo()
                return None
            said = reply.lower()
            if said in (stop, "quit"):
                click.echo()
                return None
            if said == back:
                return answers.back() if answers.order else answers
            if said in (why, "?"):
                self.print_reasons(question)
                continue
            if said in ("", skip):
                return answers.skipping(question.fact)
            answered = answers.with_answer(question.fact, self.value(question, reply))
            refusals = self.refusals(question, answered)
            if not refusals:
                return answered
            for refusal in refusals:
                for line in wrapped(refusal, "   "):
                    click.echo(line)

    def refusals(self, question: Question, answered: _Answers) -> list[str]:
        """Return what is wrong with the last answer, in the words of the question."""
        value = answered.facts[question.fact]
        if question.type == "boolean" and not isinstance(value, bool):
            return [self.words.text("interview.neither", answer=shown(value))]
        try:
            self.interview.step(answered.facts, answered.skipped)
        except FactError as error:
            if self.professional or any(problem.code == "impossible-facts" for problem in error.problems):
                return [f"{problem.message} {problem.help}".strip() for problem in error.problems]
            return [self.words.text("interview.refused", answer=shown(value), expected=self.expected_input(question))]
        return []

    def print_reasons(self, question: Question) -> None:
        reasons = [question.because or self.words.text("interview.no_reason")]
        if self.professional:
            reasons.append(f"These rules depend on it: {', '.join(question.rules)}.")
            reasons += [f"Source: {', '.join(question.sources)}."] if question.sources else []
        for reason in reasons:
            for line in wrapped(reason, "   "):
                click.echo(line)

    def value(self, question: Question, text: str) -> Any:
        """Return the typed text as a value; text that cannot be read is left for the pack to reject."""
        names = list(question.choices)
        match question.type:
            case "boolean":
                yes, no = (self.words.text(f"interview.{word}").split() for word in ("yes", "no"))
                return True if text.lower() in yes else False if text.lower() in no else text
            case "choice":
                return _choice(names, text)
            case "set":
                parts = text.replace(",", " ").split()
                return [] if parts == ["0"] else [_choice(names, part) for part in parts]
            case "integer" | "number":
                try:
                    return read_value(text)
                except FactError:
                    return text
            case "date" | "string":
                return text
            case _:
                assert_never(question.type)


def _choice(names: list[str], text: str) -> str:
    return names[int(text) - 1] if text.isdecimal() and 0 < int(text[:6]) <= len(names) else text
