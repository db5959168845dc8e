"""hiprun's own words in English. Every other language has the same keys and placeholders."""

from __future__ import annotations

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    # advice: headings
    "advice.why": "Why",
    "advice.also": "What is advised",
    "advice.open": "Still open",
    "advice.next": "To be answered next",
    # advice: what to do
    "advice.value": "{title}: {value}",
    "advice.yes": "yes",
    "advice.no": "no",
    "advice.none": "none",
    "advice.not_known": "not known",
    "advice.at_least_may_be": "At least: {least}. It may be: {most}",
    "advice.to_be_safe": "Not settled yet. To be safe: {most}",
    "advice.one_of": "Not settled yet; it may be one of: {values}",
    "advice.not_settled": "Not settled yet.",
    "advice.nothing": "Nothing in particular.",
    "advice.nothing_yet": "Nothing that is certain yet.",
    "advice.no_match": "There is no answer for this case.",
    "advice.conflict": "The guidance contradicts itself here, so there is no answer. Ask a professional.",
    "advice.professional": "This is for professionals. Show them the full explanation.",
    # advice: why
    "advice.nothing_else": "Nothing else that is known leads to another answer.",
    "advice.more_reasons.one": "There is {number} more reason.",
    "advice.more_reasons.other": "There are {number} more reasons.",
    # advice: what is advised
    "advice.possible": "Perhaps: {text}",
    "advice.item": "{text} ({amounts})",
    "advice.range": "{lowest} to {highest}",
    "advice.at_least": "at least {amount}",
    "advice.at_most": "at most {amount}",
    "advice.and": "{first} and {second}",
    "advice.limit.below": "What you plan is too little.",
    "advice.limit.within": "What you plan is within this.",
    "advice.limit.above": "What you plan is too much.",
    # advice: what is open
    "advice.more_questions.one": "There is {number} more question.",
    "advice.more_questions.other": "There are {number} more questions.",
    # all web pages
    "web.skip": "Skip to the content",
    "web.home": "Back to the start",
    "web.no_such_page": "This page does not exist.",
    "web.too_much": "You sent more than this page can accept.",
    "web.not_from_here": "This was not sent from a page of this program, so nothing was done.",
    "web.fault": "Something went wrong in this program. Your answers were not stored anywhere.",
}
