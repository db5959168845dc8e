"""Units as UCUM writes them. hiprun itself knows no unit; this is the vocabulary that FHIR asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping

from hiprun.model import units

SYSTEM = "http://unitsofmeasure.org"

_CODES: Mapping[str, str] = {
    "%": "%",
    "‰": "[ppth]",
    "°": "deg",
    "°C": "Cel",
    "°F": "[degF]",
    "A": "A",
    "Bq": "Bq",
    "cal": "cal",
    "cl": "cL",
    "cL": "cL",
    "cm": "cm",
    "d": "d",
    "day": "d",
    "days": "d",
    "dl": "dL",
    "dL": "dL",
    "dm": "dm",
    "ft": "[ft_i]",
    "g": "g",
    "h": "h",
    "hour": "h",
    "hours": "h",
    "Hz": "Hz",
    "in": "[in_i]",
    "J": "J",
    "K": "K",
    "kcal": "kcal",
    "kg": "kg",
    "kJ": "kJ",
    "km": "km",
    "kPa": "kPa",
    "l": "L",
    "L": "L",
    "lb": "[lb_av]",
    "m": "m",
    "mg": "mg",
    "mi": "[mi_i]",
    "mile": "[mi_i]",
    "miles": "[mi_i]",
    "min": "min",
    "minute": "min",
    "minutes": "min",
    "ml": "mL",
    "mL": "mL",
    "mm": "mm",
    "mmHg": "mm[Hg]",
    "mmol": "mmol",
    "mol": "mol",
    "month": "mo",
    "months": "mo",
    "ms": "ms",
    "N": "N",
    "ng": "ng",
    "nmol": "nmol",
    "oz": "[oz_av]",
    "Pa": "Pa",
    "pg": "pg",
    "pmol": "pmol",
    "s": "s",
    "second": "s",
    "seconds": "s",
    "V": "V",
    "W": "W",
    "week": "wk",
    "weeks": "wk",
    "yd": "[yd_i]",
    "year": "a",
    "years": "a",
    "µg": "ug",
    "μg": "ug",
    "µmol": "umol",
    "μmol": "umol",
}
"""The codes of units in the notation that packs commonly use. Anything else counts something."""

_POWER_OF_TEN = re.compile(r"10\^([0-9]+)")
_NOT_ANNOTATED = re.compile(r"[^!-z|~]|[{}]")


def ucum_code(notation: str) -> str:
    """Return the UCUM code of a unit; what UCUM has no unit for is an annotation, which counts as 1.

    >>> ucum_code("kg/m^2"), ucum_code("beats/min"), ucum_code("points")
    ('kg/m2', '{beats}/min', '{points}')
    """
    unit = units.parse(notation)
    if unit is None:
        return _annotation(notation)
    above = [_power(name, power) for name, power in unit.powers if power > 0]
    below = [_power(name, -power) for name, power in unit.powers if power < 0]
    return ".".join(above) + "".join(f"/{part}" for part in below)


def _power(name: str, power: int) -> str:
    of_ten = _POWER_OF_TEN.fullmatch(name)
    if of_ten:
        return ".".join([f"10*{of_ten[1]}"] * power)
    code = _CODES.get(name) or _annotation(name.replace("^", ""))
    return code if power == 1 else f"{code}{power}"


def _annotation(text: str) -> str:
    return f"{{{_NOT_ANNOTATED.sub('_', text)}}}"
