"""Is it one of ours? A told site or device against what our registry holds. Pure: rows go in, at most one comes out.

A doubtful hit is no hit: two rows that fit, or a code, a client or a name that contradicts.
"""

import hashlib
import re
from dataclasses import dataclass

from tickets.lookup import code_of, folded

from .protocol import Device, Site

WORD = 300
SHORTEST = 3
ZEROS = 6
TOKEN = re.compile(r"\w+")
RUN = re.compile(r"\d+|[^\W\d_]+")
INDEX = re.compile(r"^\d{6}$")
# What stands before a name in an address and tells nothing, and the ways in which the rest is shortened.
IDLE = {"г", "город", "ул", "улица", "д", "дом", "россия", "рф", "обл", "область", "street", "st", "building"}
SHORT = {
    "пр": "проспект",
    "просп": "проспект",
    "пер": "переулок",
    "пл": "площадь",
    "наб": "набережная",
    "ш": "шоссе",
    "б": "бульвар",
    "бул": "бульвар",
    "корп": "к",
    "корпус": "к",
    "стр": "с",
    "строение": "с",
    "лит": "литера",
}
JOINED = {"пр-т": "проспект", "пр-кт": "проспект", "пр-д": "проезд", "б-р": "бульвар", "р-н": "район"}
PARTS = frozenset(("к", "с", "литера"))


@dataclass(frozen=True)
class Ours:
    """A row of our registry as far as it is compared: of a site, or of a device."""

    id: object
    name: str = ""
    code: str = ""
    address: str = ""
    client: str = ""
    client_id: object = None
    serial_number: str = ""
    inventory_number: str = ""
    site_id: object = None


@dataclass(frozen=True)
class Match:
    """The row that it is, and the word for how that is known."""

    id: object
    how: str


def site(told: Site, rows, *, alias=None, client_id=None):
    """Our site that the told one is, or None. `rows` hold at least all that bear its code or its address."""
    if alias:
        return Match(alias, "alias")
    code, client = code_of(told.code), plain(told.client)
    within = [row for row in rows if in_scope(row, client, client_id)]
    if code:
        found = by_code(code, within)
        if found is not None:
            return single(found, "code")
        found = [row for row in by_code(code, rows) or () if plain(row.name) == plain(told.name)]
        if found:
            return single(found, "name")
    address = street(told.address)
    if not address:
        return None
    there = [row for row in rows if street(row.address) == address]
    fit = [row for row in there if row in within]
    if not fit:
        fit = [row for row in there if plain(row.name) == plain(told.name) or not (client or client_id)]
    # Another code at the same address is another shop in the same house.
    other = [row for row in fit if code and row.code and code_of(row.code) not in spellings(code)]
    return None if other else single(fit, "address")


def in_scope(row, client, client_id):
    """Whether the row's client stands for the partner or bears the told client's name."""
    return bool(client_id and row.client_id == client_id) or bool(client and plain(row.client) == client)


def by_code(code, rows):
    """The rows with this code, else those where only zeros in front of a figure differ; None where there are none."""
    exact = [row for row in rows if code_of(row.code) == code]
    near = [row for row in rows if code.isdigit() and code_of(row.code) in spellings(code)]
    return exact or near or None


def device(told: Device, rows, *, alias=None, site_id=None):
    """Our device that the told one is, or None. `rows` hold at least all that bear one of its numbers."""
    if alias:
        return Match(alias, "alias")
    serial, inventory = code_of(told.serial_number), code_of(told.inventory_number)
    if len(serial) >= SHORTEST:
        found = numbered(serial, rows, "serial_number")
        if found:
            return single(found, "serial") if all(akin(told.name, row.name) for row in found) else None
    if inventory and site_id:
        there = numbered(inventory, [row for row in rows if row.site_id == site_id], "inventory_number")
        # A serial number of ours that is not the told one belongs to another device.
        if len(there) == 1 and not (serial and code_of(there[0].serial_number)) and akin(told.name, there[0].name):
            return single(there, "inventory")
    return None


def numbered(number, rows, name):
    """The rows with this number, else those where only zeros in front of a figure differ."""
    exact = [row for row in rows if code_of(getattr(row, name)) == number]
    return exact or [row for row in rows if number.isdigit() and code_of(getattr(row, name)) in spellings(number)]


def single(rows, how):
    return Match(rows[0].id, how) if len(rows) == 1 else None


def spellings(code):
    """A code, and where it is a figure the same with fewer or more zeros in front: tables drop them."""
    bare = code.lstrip("0")
    return {code, *("0" * count + bare for count in range(ZEROS + 1))} if code.isdigit() and bare else {code}


def akin(told, ours):
    """Whether two names of a device may mean the same one: they share a word, or one of them says nothing."""
    told, ours = ({code_of(word) for word in TOKEN.findall(text) if len(word) >= SHORTEST} for text in (told, ours))
    return not (told and ours) or bool(told & ours)


def plain(name):
    """A name without quotes, marks and the difference between е and ё."""
    return " ".join(TOKEN.findall(folded(name)))


def street(address):
    """An address as a key: its words in any order, its numbers in theirs; empty where it has no words or no numbers."""
    text = folded(address)
    for short, word in JOINED.items():
        text = text.replace(short, word)
    words, numbers, after_number = set(), [], False
    for token in TOKEN.findall(text):
        token = SHORT.get(token, token)
        counts = any(char.isdigit() for char in token) and not INDEX.match(token)
        if counts or (after_number and (token in PARTS or (len(token) == 1 and token not in IDLE))):
            numbers += [code_of(SHORT.get(run, run)) for run in RUN.findall(token)]
        elif token not in IDLE and not INDEX.match(token):
            words.add(token)
        after_number = counts
    return (tuple(sorted(words)), tuple(numbers)) if words and numbers else ()


def sought(address):
    """The words by which rows with this address are found: as they stand, without what is shortened."""
    words, _numbers = street(address) or ((), ())
    text = folded(address)
    return " ".join(word for word in words if len(word) > 1 and word in text)


def site_word(told: Site):
    """The partner's words for a site, as an alias keeps them; empty where they name nothing."""
    code, address = code_of(told.code), " ".join(TOKEN.findall(folded(told.address)))
    naming = address or plain(told.name)
    return kept("|".join((plain(told.client), code, naming))) if code or naming else ""


def device_word(told: Device, place: Site | None = None):
    """The partner's words for a device; one without numbers is known only together with its site."""
    serial, inventory = code_of(told.serial_number), code_of(told.inventory_number)
    name = plain(told.name)
    if serial or inventory:
        return kept("|".join((serial, inventory, name)))
    where = site_word(place) if place else ""
    return kept(f"{name}@{where}") if name and where else ""


def kept(word):
    """A word no longer than a row holds, and still its own."""
    return word if len(word) <= WORD else f"{word[: WORD - 33]}|{hashlib.sha256(word.encode()).hexdigest()[:32]}"
