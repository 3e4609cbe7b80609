"""The budgets of the house and what its papers promise: sizes, places, commands, words."""

import ast
import re
import shlex
from dataclasses import is_dataclass
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command, get_commands

from tenants.vocabulary import KINDS

ROOT = Path(settings.BASE_DIR)
APPS = ("tenants", "equipment", "tickets", "sla", "partnerships", "helpdesk")
CODE = (*APPS, "tests", "bin", "docker")
PAGES = ("templates", *(f"{app}/templates" for app in APPS))
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_README = 400, 40, 50
# Copied nowhere in the project: hosts of package registries and images, whoever serves them on a given machine.
REGISTRIES = re.compile(
    r"py[p]i\.org|pythonhost[e]d|registry\.npm[j]s|unpk[g]\.com|jsdeliv[r]|cdnj[s]|docker\.i[o]|ghcr\.i[o]|quay\.i[o]"
)
MACHINE = re.compile(r"(?<![\w.])/(?:home|Users|root|work|private)/[\w.]+|(?<![\w./])/tmp/[\w.]+")
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")


def files(folders, *suffixes):
    """Every file of these kinds that is ours."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            ours = path.is_file() and "__pycache__" not in path.parts
            if ours and (path.suffix in suffixes or (not suffixes and path.suffix not in (".pyc", ".mo", ".png"))):
                yield path


def short(path):
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name


def too_long(paths, budget=LONGEST_FILE):
    """Files over the budget, migrations aside."""
    for path in paths:
        count = len(path.read_text("utf-8").splitlines())
        if count > budget and "migrations" not in path.parts:
            yield f"{short(path)}: {count} lines"


def long_functions(paths, budget=LONGEST_FUNCTION):
    for path in paths:
        if "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                count = node.end_lineno - node.lineno + 1
                if count > budget:
                    yield f"{short(path)}: {node.name} has {count} lines"


def test_no_file_is_longer_than_a_person_reads():
    sources = [*files((*CODE, "templates"), ".py", ".html", ".css", ".js"), *files(["bin"])]
    assert len(sources) > 150
    assert list(too_long(sources)) == []


def test_no_function_is_longer_than_a_screen():
    assert list(long_functions(files(CODE, ".py"))) == []


def test_what_is_too_long_would_be_noticed(tmp_path):
    long = tmp_path / "long.py"
    long.write_text("def f():\n" + "    pass\n" * 400)

    assert list(too_long([long])) == ["long.py: 401 lines"]
    assert list(long_functions([long])) == ["long.py: f has 401 lines"]


@pytest.mark.parametrize("app", APPS)
def test_every_app_tells_its_story_on_one_page(app):
    readme = ROOT / app / "README.md"

    assert readme.exists()
    assert list(too_long([readme], LONGEST_README)) == []


PAPERS = ["README.md", *(f"{app}/README.md" for app in APPS)]
SPAN = re.compile(r"`([^`\n]+)`")
BLOCK = re.compile(r"^```(?:\w*)\n(.*?)^```", re.M | re.S)
PATH = re.compile(r"^\.?[\w-]+(?:/[\w.*<>-]+)+/?$|^[\w-]+\.(?:py|md|toml|yml|lock|html|css|js)$")


def papers():
    found = [ROOT / name for name in PAPERS if (ROOT / name).exists()]
    return [*found, *sorted((ROOT / "docs").glob("*.md"))]


def promises(text):
    """What a paper names in marks: paths and commands of ours."""
    spans = [*SPAN.findall(BLOCK.sub("", text))]
    for block in BLOCK.findall(text):
        spans.extend(line.strip() for line in block.splitlines())
    return spans


def broken(paper, text):
    """Paths that don't lie there and commands that don't exist."""
    names = {path.name for folder in (*CODE, "templates", "docs", "locale") for path in files([folder])}
    names |= {path.name for path in ROOT.iterdir()}
    for span in promises(text):
        if PATH.match(span) and not any(mark in span for mark in "<*"):
            first = span.split("/")[0]
            bases = (ROOT, paper.parent, ROOT / "templates", ROOT / "tests")
            there = any((base / span).exists() for base in bases) if "/" in span else span in names
            if not there and ("/" not in span or (ROOT / first).exists() or (paper.parent / first).exists()):
                yield f"{short(paper)}: {span} does not exist"
        yield from broken_command(paper, span)


def broken_command(paper, span):
    try:
        parts = shlex.split(span, comments=True)
    except ValueError:
        return
    if not parts:
        return
    if parts[0].startswith("bin/") and not PATH.match(span) and not (ROOT / parts[0]).exists():
        yield f"{short(paper)}: {parts[0]} does not exist"
    manages = parts[0] in ("bin/manage", "manage.py") and len(parts) > 1 and parts[1].isidentifier()
    if manages and parts[1] not in get_commands():
        yield f"{short(paper)}: there is no command {parts[1]}"


def test_what_the_papers_name_exists():
    assert [breach for paper in papers() for breach in broken(paper, paper.read_text("utf-8"))] == []


def test_a_paper_that_names_what_is_gone_would_be_noticed():
    text = "See `tickets/lifecycle.py`, `tickets/gone.py`, `nowhere.py`.\n```\nbin/manage fly --far\nbin/nothing\n```\n"
    assert list(broken(ROOT / "README.md", text)) == [
        "README.md: tickets/gone.py does not exist",
        "README.md: nowhere.py does not exist",
        "README.md: there is no command fly",
        "README.md: bin/nothing does not exist",
    ]


INLINE = re.compile(
    r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:"
    r"|<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")",
    re.IGNORECASE,
)


def inline(text):
    """Whatever the policy of our pages would not run."""
    bare = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", text, flags=re.S)
    return [found.group().strip() for found in INLINE.finditer(bare)]


def test_no_page_has_inline_script_or_style():
    # Mail programs have no style sheets of ours and no policy either.
    pages = [page for page in files(PAGES, ".html") if "mail" not in page.parts]
    assert len(pages) > 60
    assert {short(page): found for page in pages if (found := inline(page.read_text("utf-8")))} == {}


@pytest.mark.parametrize(
    "mark",
    ['<p style="x">', "<style>", "<script>alert(1)</script>", '<a onclick="x()">', '<a href="javascript:x">'],
)
def test_inline_script_and_style_would_be_noticed(mark):
    assert inline(mark)
    assert not inline('<script src="{% static "a.js" %}" defer></script><p data-on="x" class="style">')


def test_nothing_is_left_for_later_and_nothing_names_a_machine_or_a_registry():
    found = []
    for path in [*files((*CODE, "templates", "docs")), *(p for p in ROOT.iterdir() if p.is_file() and ours(p))]:
        text = path.read_text("utf-8", errors="replace")
        for what, pattern in (("later", UNFINISHED), ("machine", MACHINE), ("registry", REGISTRIES)):
            found.extend(f"{short(path)}: {what}: {hit.group()}" for hit in pattern.finditer(text) if not itself(path))
    assert found == []


def ours(path):
    return path.suffix in (".py", ".toml", ".md", ".yml", ".example") or path.name == "Dockerfile"


def itself(path):
    return path.name == Path(__file__).name


def knows(library, path):
    """Whether a file imports something of this library."""
    names = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
    return any(name.split(".")[0] == library for name in names)


def test_guardian_is_known_where_grants_are_kept_and_nowhere_else():
    """Its shortcuts know no accounts and loop over objects: who sees what is asked of tickets/access.py alone."""
    assert [short(path) for path in files(APPS, ".py") if knows("guardian", path)] == ["tenants/models/grants.py"]


def test_another_file_that_knows_guardian_would_be_noticed(tmp_path):
    sly = tmp_path / "sly.py"
    sly.write_text("def seen(user):\n    from guardian.shortcuts import get_objects_for_user\n")

    assert knows("guardian", sly) and not knows("guardian", ROOT / "tickets" / "access.py")


def test_kinds_have_words_and_details():
    assert len(KINDS) > 30
    for code, kind in KINDS.items():
        assert kind.code == code and str(kind.sentence).strip()
        assert is_dataclass(kind.details) and kind.details.__dataclass_params__.frozen
        blanks = kind.details()
        assert str(kind.sentence) % vars(blanks) is not None
        assert kind.check({}) == vars(blanks)
        with pytest.raises(TypeError):
            kind.check({"nobody_knows_this": 1})


def test_no_migration_is_missing(db):
    told = StringIO()
    call_command("makemigrations", check=True, dry_run=True, stdout=told)
    assert "No changes" in told.getvalue()


def test_the_app_starts_without_a_complaint(db):
    call_command("check", databases=["default"], fail_level="WARNING")
