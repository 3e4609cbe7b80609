"""Everything that is said to people is said in Russian too; the command that keeps the catalogue sees what is not."""

from io import BytesIO, StringIO

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command

from helpdesk import wording

HEADER = (
    'msgid ""\nmsgstr ""\n"Language: ru\\n"\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : '
    'n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"\n\n'
)


@pytest.fixture
def little(tmp_path, settings):
    """A small project with everything that can be said, and an empty catalogue."""
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "verbs.py").write_text(
        "from django.utils.translation import gettext_lazy as _, ngettext, pgettext\n"
        "a = _('Plain') + _('In' ' pieces')\n"
        "b = ngettext('%(n)s file', '%(n)s files', 3)\n"
        "c = pgettext('verb', 'Open')\n"
        "d = {'x': _(\n    'Over lines'\n)}\n"
        "e = _(variable)\n",
        "utf-8",
    )
    (tmp_path / "desk" / "page.html").write_text(
        "{% load i18n %}\n  {% translate 'Short' %} {% translate \"Quoted\" as q %}\n"
        "    {% translate 'Open' context 'adjective' %}\n"
        "{% blocktranslate trimmed with name=x %}\n   Dear {{ name }},\n   it's 5% off\n{% endblocktranslate %}\n"
        "{% blocktranslate trimmed count n=rows|length %}\n  {{ n }} row\n{% plural %}\n  {{ n }} rows\n"
        "{% endblocktranslate %}\n<p title=\"{% translate 'In a mark' %}\">{{ _('In braces') }}</p>\n"
        "{% comment %}{% translate 'Never' %}{% endcomment %}\n",
        "utf-8",
    )
    settings.BASE_DIR = tmp_path
    catalogue = tmp_path / "locale" / "ru" / "LC_MESSAGES"
    catalogue.mkdir(parents=True)
    (catalogue / "django.po").write_text(HEADER, "utf-8")
    return tmp_path


SAID = {
    (None, "Plain"): "",
    (None, "In pieces"): "",
    (None, "%(n)s file"): "%(n)s files",
    ("verb", "Open"): "",
    (None, "Over lines"): "",
    (None, "Short"): "",
    (None, "Quoted"): "",
    ("adjective", "Open"): "",
    (None, "Dear %(name)s, it's 5%% off"): "",
    (None, "%(n)s row"): "%(n)s rows",
    (None, "In a mark"): "",
    (None, "In braces"): "",
}


def test_every_way_of_saying_something_is_found(little):
    found = wording.words(little, ["desk"])

    assert {key: word.plural for key, word in found.items()} == SAID
    assert found[(None, "Plain")].places == ["desk/verbs.py"]


def test_the_command_adds_what_is_new_and_drops_what_is_dead(little, monkeypatch):
    monkeypatch.setattr(wording, "FOLDERS", ("desk",))
    monkeypatch.setattr(wording.words, "__defaults__", (None, ("desk",)))
    path = wording.catalogue_path("ru")
    path.write_text(HEADER + 'msgid "Short"\nmsgstr "Кратко"\n\nmsgid "Gone"\nmsgstr "Ушло"\n', "utf-8")
    told = StringIO()

    call_command("words", stdout=told)

    catalogue = wording.read("ru")
    assert {wording.key_of(message) for message in catalogue if message.id} == set(SAID)
    assert catalogue.get("Short").string == "Кратко"
    assert catalogue.get("%(n)s row").string == ("", "", "")
    assert told.getvalue().splitlines()[-1] == f"{len(SAID) - 1} added, 1 dropped"
    before = path.read_text("utf-8")
    call_command("words", stdout=told)
    assert path.read_text("utf-8") == before


@pytest.mark.parametrize(
    "entry, breach",
    [
        ("", "missing: 'Word' (x.py)"),
        ('msgid "Word"\nmsgstr ""\n', "not translated: 'Word' (x.py)"),
        ('#, fuzzy\nmsgid "Word"\nmsgstr "Слово"\n', "fuzzy: 'Word'"),
        ('msgid "Word"\nmsgstr "%(x)s слово"\n', "other placeholders: 'Word' → '%(x)s слово'"),
        ('msgid "Word"\nmsgstr "Слово"\n\nmsgid "Old"\nmsgstr "Старое"\n', "said nowhere: 'Old'"),
    ],
)
def test_what_is_wrong_in_a_catalogue_is_named(entry, breach):
    catalogue = read_po(BytesIO((HEADER + entry).encode()), locale="ru")

    assert list(wording.breaches(catalogue, {(None, "Word"): wording.Word("Word", places=["x.py"])})) == [breach]


@pytest.mark.parametrize(
    "strings, breach",
    [
        (["%(n)s файл", "%(n)s файла"], "not translated: '%(n)s file' (x.py)"),
        (["файл", "%(n)s файла", "%(k)s файлов"], "other placeholders: '%(n)s file' → '%(k)s файлов'"),
        (["%(n)s файл", "", "%(n)s файлов"], "not translated: '%(n)s file' (x.py)"),
    ],
)
def test_plural_forms_are_counted(strings, breach):
    forms = "".join(f'msgstr[{n}] "{text}"\n' for n, text in enumerate(strings))
    entry = f'msgid "%(n)s file"\nmsgid_plural "%(n)s files"\n{forms}'
    catalogue = read_po(BytesIO((HEADER + entry).encode()), locale="ru")
    word = wording.Word("%(n)s file", "%(n)s files", places=["x.py"])

    assert list(wording.breaches(catalogue, {word.key: word})) == [breach]


def test_everything_is_said_in_russian():
    wanted = wording.words()

    assert len(wanted) > 300
    assert list(wording.breaches(wording.read("ru"), wanted)) == []


def test_no_text_is_put_together_before_it_is_translated(tmp_path):
    made = tmp_path / "made.py"
    made.write_text("a = _('one ' + name)\nb = _(f'two {name}')\nc = _('fine')\n", "utf-8")
    assert list(wording.unspoken(made)) == [1, 2]

    found = [
        f"{path.relative_to(settings.BASE_DIR)}:{line}"
        for folder in wording.FOLDERS
        for path in (settings.BASE_DIR / folder).rglob("*.py")
        for line in wording.unspoken(path)
    ]
    assert found == []
