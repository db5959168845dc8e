"""What is read of the elements of a DMN document, whatever version its namespace names."""

from __future__ import annotations

from xml.etree import ElementTree as Xml


def tag(element: Xml.Element) -> str:
    """Return the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def text_of(element: Xml.Element) -> str:
    """Return what the `text` in an element says, empty without one."""
    return next(((entry.text or "").strip() for entry in element if tag(entry) == "text"), "")


def text_in(element: Xml.Element, name: str) -> str:
    """Return what the `text` in the element `name` in an element says, empty without one."""
    return next((text_of(entry) for entry in element if tag(entry) == name), "")
