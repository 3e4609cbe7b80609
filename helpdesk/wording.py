"""The words of code and templates, found without xgettext: a fresh machine does not have it."""

import ast
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import templatize

FOLDERS = ("helpdesk", "partnerships", "sla", "tickets", "equipment", "tenants", "templates")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]*[\d.]*[a-zA-Z]|%%|%[sd]|\{\w*\}")


@dataclass
class Word:
    """One thing that is said: its text, its plural if it counts, its context, and where it stands."""

    text: str
    plural: str = ""
    context: str | None = None
    places: list[str] = field(default_factory=list)

    @property
    def key(self):
        return self.context, self.text

    @property
    def id(self):
        return (self.text, self.plural) if self.plural else self.text


def words(root=None, folders=FOLDERS):
    """Everything that code and templates say to people: {(context, text): Word}."""
    root = Path(root or settings.BASE_DIR)
    found = {}
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in (".py", ".html", ".txt") or "migrations" in path.parts:
                continue
            for word in words_of(path):
                known = found.setdefault(word.key, word)
                known.plural = known.plural or word.plural
                known.places.append(path.relative_to(root).as_posix())
    return found


def words_of(path):
    """The words of one file, as gettext will look them up."""
    source = path.read_text("utf-8")
    if path.suffix != ".py":
        # What is left of a template is words between blanks; indents would mean something to Python.
        source = "\n".join(line.strip() for line in templatize(source, origin=str(path)).split("\n"))
    lines = io.BytesIO(source.encode())
    for _line, function, message, _comments in extract_python(lines, KEYWORDS, [], {"encoding": "utf-8"}):
        yield from said(function, message)


def said(function, message):
    """The words of one call; one whose text is not written in the call says nothing here."""
    parts = message if isinstance(message, tuple) else (message,)
    context = None
    if "pgettext" in function:
        context, *parts = parts
    spec = [part for part in parts if part]
    if spec and (context or "pgettext" not in function):
        yield Word(spec[0], spec[1] if function[0] == "n" and len(spec) > 1 else "", context)


def placeholders(text):
    """What a text has filled in, in no particular order."""
    return sorted(PLACEHOLDER.findall(text))


def catalogue_path(language):
    return Path(settings.BASE_DIR) / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language):
    """The catalogue of a language."""
    with catalogue_path(language).open("rb") as handle:
        return read_po(handle, locale=language)


def update(language):
    """Bring a catalogue in line with the code: new words empty, dead ones gone; answers with (added, dropped)."""
    catalogue, wanted = read(language), words()
    dead = [message for message in catalogue if message.id and key_of(message) not in wanted]
    for message in dead:
        catalogue.delete(message.id if isinstance(message.id, str) else message.id[0], message.context)
    added = []
    for word in wanted.values():
        known = catalogue.get(word.text, word.context)
        if known is None or isinstance(known.id, str) != (not word.plural):
            catalogue.delete(word.text, word.context)
            catalogue.add(word.id, context=word.context)
            added.append(word.text)
    catalogue.obsolete.clear()
    fresh = catalogue_path(language).with_suffix(".po.new")
    with fresh.open("wb") as handle:
        write_po(handle, catalogue, width=76, no_location=True)
    fresh.replace(catalogue_path(language))
    return sorted(added), sorted(str(message.id) for message in dead)


def key_of(message):
    return message.context, message.id if isinstance(message.id, str) else message.id[0]


def breaches(catalogue, wanted):
    """What is wrong with a catalogue, in words; empty when everything is said in that language."""
    known = {key_of(message): message for message in catalogue if message.id}
    for key, word in wanted.items():
        message = known.get(key)
        if message is None:
            yield f"missing: {word.text!r} ({word.places[0]})"
            continue
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        if message.fuzzy:
            yield f"fuzzy: {word.text!r}"
        if bool(word.plural) != isinstance(message.id, tuple):
            yield f"counts in one place only: {word.text!r}"
        elif not all(forms):
            yield f"not translated: {word.text!r} ({word.places[0]})"
        elif word.plural and len(forms) != catalogue.num_plurals:
            yield f"{len(forms)} forms instead of {catalogue.num_plurals}: {word.text!r}"
        else:
            yield from unlike(word, forms)
    for key in known.keys() - wanted.keys():
        yield f"said nowhere: {key[1]!r}"


def unlike(word, forms):
    """Translations that fill in other things than the text; a plural form may leave out the number."""
    wanted = set(placeholders(word.text)) | set(placeholders(word.plural))
    for form in forms:
        there = set(placeholders(form))
        if there - wanted or (not word.plural and there != wanted):
            yield f"other placeholders: {word.text!r} → {form!r}"


def unspoken(path):
    """Calls of gettext whose text is put together, so that nobody can translate it: [line numbers]."""
    names = set(KEYWORDS)
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in names and node.args:
            first = node.args[0]
            if isinstance(first, ast.JoinedStr | ast.BinOp):
                yield node.lineno
