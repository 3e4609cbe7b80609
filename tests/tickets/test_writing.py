"""Markdown in, safe HTML out; and nothing that people type acts as a part of the page."""

import re
from html.parser import HTMLParser

import pytest

from equipment import registry
from tenants import accounts
from tickets import conversation, files
from tickets.writing import as_html

from .conftest import opened, upload

CORPUS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "![x](https://evil.example/pixel.png)",
    '[x](https://a.example "onmouseover=alert(1)")',
    "<a href='javascript:alert(1)'>x</a>",
    "<iframe src=//evil.example>",
    "<style>*{display:none}</style>",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
    "`</code><script>alert(1)</script>`",
    "```\n</pre><script>alert(1)</script>\n```",
    "<!--><img src=x onerror=alert(1)>-->",
    '"><script>alert(1)</script>',
    "'onfocus=alert(1) autofocus='",
    "{{7*7}}{% load x %}",
    "<form action=//evil.example><button>x",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
]


class Looker(HTMLParser):
    """Collects whatever could act."""

    def __init__(self):
        super().__init__()
        self.bad = []

    def handle_starttag(self, tag, attrs):
        if tag in {"script", "iframe", "style", "base", "object", "embed", "math"}:
            self.bad.append(tag)
        for name, value in attrs:
            scheme = re.match(r"\s*(javascript|data|vbscript):", value or "", re.I)
            if name.startswith("on") or name == "style" or (name in {"href", "src", "action"} and scheme):
                self.bad.append(f"{tag} {name}={value}")


def acting(html):
    looker = Looker()
    looker.feed(html)
    return looker.bad


@pytest.mark.parametrize("text", CORPUS)
def test_nothing_typed_can_act(text):
    html = as_html(text)
    assert acting(html) == [] and "<img" not in html


def test_markdown_is_read_and_lines_stay_lines():
    html = as_html("**важно**\nвторая\n\n- раз\n- два\n\n`код`")
    assert "<strong>важно</strong><br>" in html and "<li>раз</li>" in html and "<code>код</code>" in html


def test_links_open_safely_and_names_are_not_links():
    html = as_html("Смотри https://example.org/a?b=1&c=2 и К-220_5.8.2.bin, readme.md")
    assert html.count("<a ") == 1
    assert 'rel="noopener noreferrer nofollow"' in html and 'target="_blank"' in html


def test_headings_and_pictures_stay_text():
    assert "<h1" not in as_html("# Громко") and "<img" not in as_html("![x](https://example.org/x.png)")


def test_the_corpus_is_dead_in_every_field_of_the_page_and_of_the_list(desk, agent):
    for text in CORPUS:
        plant(desk, agent, text)


def plant(desk, agent, text):
    """One text in every field; then every page that draws it."""
    with desk.scope():
        client = accounts.add_client(text[:160], by=desk.owner)
        contact = accounts.add_contact(client, name=text[:120], title=text[:120], phone=text[:40], by=desk.owner)
        site = registry.add_site(client, name=text[:160], address=text, code=text[:40], by=desk.owner)
        device = registry.add_equipment(site, model=text, name=text[:120], serial_number=text[:80], by=desk.owner)
    facts = {"client": client, "contact": contact, "site": site, "equipment": [device]}
    ticket = opened(desk, text, description=text, **facts)
    with desk.scope():
        conversation.comment(ticket, text, by=desk.agent, audience="client", uploads=[upload(text, b"words")])
        files.attach(ticket, upload(text, b"words"), by=desk.agent)
    for path in (f"{ticket.number}/", "?queue=all", f"new/?site={site.pk}"):
        page = agent.get(path).content.decode()
        assert acting(body_of(page)) == [], path
    found = agent.browser.get(agent.root, {"q": text}).content.decode()
    assert acting(body_of(found)) == []


def body_of(page):
    """The page without the head, where the only scripts stand."""
    return page[page.index('<main class="shell__main"') : page.index("</main>")]
