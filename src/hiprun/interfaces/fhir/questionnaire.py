"""The questions of a decision as a FHIR Questionnaire (SDC), from which forms can be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from hiprun.catalogue import catalogue
from hiprun.inference.facts import MOST_CHARACTERS
from hiprun.interfaces.fhir.publication import Publication, Resource, extension
from hiprun.interfaces.fhir.ucum import SYSTEM, ucum_code
from hiprun.model import Decision, Domain, Fact, Model, Ref, reach, refs
from hiprun.model.value_conversion import plain, public
from hiprun.pack import Pack

NONE_OF_THESE = "_none"
"""The code of the answer that none of the choices of a set applies; no choice can have this name."""

NOTICE = "_notice"
SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition"
CORE = "http://hl7.org/fhir/StructureDefinition"
_ITEM_CONTROL = "http://hl7.org/fhir/questionnaire-item-control"
_LARGEST_INTEGER = 2**31 - 1


def questionnaire(publication: Publication, decision: str, *, adaptive: bool = False) -> Resource:
    """Return the Questionnaire of a decision: everything that can matter to it, in groups if others serve it.

    An `adaptive` one has no questions of its own; `next_question` gives them one by one.
    Raises `UnknownNameError` for a decision that the pack does not have.
    """
    pack = publication.pack
    names = asked_facts(pack, decision)  # an unknown decision is refused here
    shown = pack.decisions[decision]
    resource: Resource = {
        "resourceType": "Questionnaire",
        "id": publication.resource_id(decision),
        "meta": {"profile": [f"{SDC}/sdc-questionnaire-adapt-srch" if adaptive else f"{SDC}/sdc-questionnaire"]},
        "url": questionnaire_address(publication, decision, adaptive=adaptive),
        "identifier": publication.identifiers(),
        "version": publication.version,
        "name": publication.computable_name(decision),
        "title": shown.title or decision,
        "status": "active",
        "subjectType": ["Patient"],
    }
    if adaptive:
        resource["extension"] = [extension(f"{SDC}/sdc-questionnaire-questionnaireAdaptive", "valueBoolean", True)]
    if pack.notice:
        resource["description"] = pack.notice
    items = [] if adaptive else [*_notice(pack), *_grouped(publication, decision, names)]
    return resource | ({"item": items} if items else {})


def asked_facts(pack: Pack, decision: str) -> tuple[str, ...]:
    """Return the facts that can matter to a decision, in the order of the pack.

    These are the facts that can change its answer, the quantities that it limits, and all that constraints tie to them.
    """
    found = set(pack.decide(decision, {}).needs)
    found |= _facts_in(pack.model, (ref for _, ref in pack.decisions[decision].quantities))
    tied = [_facts_in(pack.model, refs(constraint.never)) for constraint in pack.model.constraints]
    while grown := [names for names in tied if names & found and not names <= found]:
        found = found.union(*grown)
    return tuple(name for name in pack.facts if name in found)


def _facts_in(model: Model, used: Iterable[Ref]) -> set[str]:
    """Return the facts that references lead to, through derived facts and other decisions."""
    waiting, seen, found = list(reach(model, used)), set[str](), set[str]()
    for ref in waiting:
        if ref.kind == "fact":
            found.add(ref.name)
        elif ref.decision and ref.decision not in seen:
            seen.add(ref.decision)
            waiting += reach(model, model.decisions[ref.decision].refs())
    return found


def question(publication: Publication, fact: Fact) -> Resource:
    """Return the item that asks for a fact."""
    domain = fact.domain
    item: Resource = {
        "linkId": fact.name,
        "code": [{"system": publication.address("CodeSystem", "facts"), "code": fact.name}],
        "text": fact.ask,
        "type": item_type(publication, domain),
    }
    if domain.type == "set":
        item["repeats"] = True
    if domain.type == "string":
        item["maxLength"] = MOST_CHARACTERS
    if domain.choices:
        item["answerOption"] = list(_options(publication, fact))
    extensions = list(_extensions(domain))
    if extensions:
        item["extension"] = extensions
    if fact.because:
        item["item"] = [_display(f"{fact.name}._help", fact.because, "help")]
    return item


def item_type(publication: Publication, domain: Domain) -> str:
    """Return the type of the item that asks for a value of a domain."""
    match domain.type:
        case "boolean" | "string" | "date":
            return domain.type
        case "number":
            return "decimal"
        case "integer":
            return "integer" if _fits_integer(domain) else "decimal"
        case "choice" | "set":
            return "coding" if publication.release == "R5" else "choice"
        case _:
            assert_never(domain.type)


def coding(publication: Publication, fact: Fact, choice: str) -> Resource:
    """Return a choice of a fact, or `NONE_OF_THESE`, as a Coding."""
    words = catalogue(publication.pack.model.text_language)
    text = words.text("form.none_of_these") if choice == NONE_OF_THESE else fact.domain.choices[choice]
    return {
        "system": publication.address("CodeSystem", fact.name),
        "code": choice,
        "display": text or choice.replace("_", " "),
    }


def questionnaire_address(publication: Publication, decision: str, *, adaptive: bool = False) -> str:
    """Return the canonical address of the Questionnaire of a decision, without its version."""
    return publication.address("Questionnaire", f"{decision}/adaptive" if adaptive else decision)


def _fits_integer(domain: Domain) -> bool:
    low, high = domain.lowest, domain.highest
    return low is not None and high is not None and -_LARGEST_INTEGER <= low <= high <= _LARGEST_INTEGER


def _options(publication: Publication, fact: Fact) -> Iterator[Resource]:
    for choice in fact.domain.choices:
        yield {"valueCoding": coding(publication, fact, choice)}
    if fact.domain.type == "set":
        exclusive = extension(f"{CORE}/questionnaire-optionExclusive", "valueBoolean", True)
        yield {"extension": [exclusive], "valueCoding": coding(publication, fact, NONE_OF_THESE)}


def _extensions(domain: Domain) -> Iterator[Resource]:
    for name, end in (("minValue", domain.lowest), ("maxValue", domain.highest)):
        if end is not None:
            yield extension(f"{CORE}/{name}", _range_value(domain), plain(public(domain, end)))
    if domain.type == "integer" and not _fits_integer(domain):
        yield extension(f"{CORE}/maxDecimalPlaces", "valueInteger", 0)
    if domain.unit:
        unit = {"system": SYSTEM, "code": ucum_code(domain.unit), "display": domain.unit}
        yield extension(f"{CORE}/questionnaire-unit", "valueCoding", unit)


def _range_value(domain: Domain) -> str:
    if domain.type == "date":
        return "valueDate"
    return "valueInteger" if domain.type == "integer" and _fits_integer(domain) else "valueDecimal"


def _display(link: str, text: str, control: str) -> Resource:
    concept = {"coding": [{"system": _ITEM_CONTROL, "code": control}]}
    return {
        "linkId": link,
        "text": text,
        "type": "display",
        "extension": [extension(f"{CORE}/questionnaire-itemControl", "valueCodeableConcept", concept)],
    }


def _notice(pack: Pack) -> list[Resource]:
    return [{"linkId": NOTICE, "text": pack.notice, "type": "display"}] if pack.notice else []


def _grouped(publication: Publication, decision: str, names: Sequence[str]) -> list[Resource]:
    """Return the questions, those of each decision that serves this one in a group of their own."""
    facts = publication.pack.facts
    groups = [(group, found) for group, found in _groups(publication.pack, decision, names) if found]
    if len(groups) < 2:
        return [question(publication, facts[name]) for name in names]
    items = [[question(publication, facts[name]) for name in found] for _, found in groups]
    return [
        {"linkId": f"_group.{group.name}", "text": group.title or group.name, "type": "group", "item": found}
        for (group, _), found in zip(groups, items, strict=True)
    ]


def _groups(pack: Pack, decision: str, names: Sequence[str]) -> Iterator[tuple[Decision, list[str]]]:
    """Yield each decision that has a say, those that serve others first, with the facts that it is the first to use."""
    serving = _serving(pack, decision)
    left = dict.fromkeys(names)
    for name, other in pack.decisions.items():
        if name in serving and name != decision:
            used = {ref.name for ref in reach(pack.model, other.refs()) if ref.kind == "fact"}
            found = [fact for fact in left if fact in used]
            left = dict.fromkeys(fact for fact in left if fact not in used)
            yield other, found
    yield pack.decisions[decision], list(left)


def _serving(pack: Pack, decision: str) -> set[str]:
    waiting = [decision]
    for name in waiting:
        used = (ref.decision for ref in reach(pack.model, pack.model.decisions[name].refs()) if ref.decision)
        waiting += [other for other in dict.fromkeys(used) if other not in waiting]
    return set(waiting)
