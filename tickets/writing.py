"""What people write becomes a page: Markdown in, safe HTML out. One string serves drafts, pages, mail and letters."""

import re

import nh3
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# Pictures would be fetched from outside, headings would break the page's own order of headings.
_markdown = MarkdownIt("commonmark", {"breaks": True, "linkify": True, "html": False})
_markdown.enable("linkify").disable(["image", "heading", "lheading", "html_block", "html_inline"])
# A bare "file.md" or "5.8.2.bin" is a name and not an address.
_markdown.linkify.set({"fuzzy_link": False, "fuzzy_email": True, "fuzzy_ip": False})

TAGS = {"p", "br", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr", "span"}
SCHEMES = {"http", "https", "mailto", "tel"}


def as_html(text, called=None, reader=None):
    """The text as a reader sees it; whatever is not on the list of allowed tags is gone.

    `called` are the names that this text may call, each with whose it is; one's own stands out.
    """
    drawn = _markdown.render(text or "", {"called": called or {}, "reader": reader})
    return mark_safe(
        nh3.clean(
            drawn,
            tags=TAGS,
            attributes={"a": {"href"}, "ol": {"start"}},
            allowed_classes={"span": {"mention", "mention--me"}},
            url_schemes=SCHEMES,
            link_rel="noopener noreferrer nofollow",
            set_tag_attribute_values={"a": {"target": "_blank"}},
        )
    )


def draw_calls(state):
    """Names after an @ become chips, but not inside links."""
    called = state.env.get("called")
    if not called:
        return
    names = "|".join(re.escape(name) for name in sorted(called, key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w@.])@({names})(?!\w)", re.IGNORECASE)
    whose = {name.casefold(): person for name, person in called.items()}
    for block in state.tokens:
        if block.type == "inline":
            block.children = list(chips(block.children, pattern, whose, state.env["reader"]))


def chips(tokens, pattern, whose, reader):
    """The tokens of one paragraph with its names cut out of the text around them."""
    inside = 0
    for token in tokens:
        inside += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type != "text" or inside:
            yield token
            continue
        for n, part in enumerate(pattern.split(token.content)):
            own = n % 2 and whose.get(part.casefold()) == reader
            yield from (chip(part, own) if n % 2 else [Token("text", "", 0, content=part)])


def chip(name, own):
    """One name as it is drawn."""
    opening = Token("call_open", "span", 1, attrs={"class": "mention mention--me" if own else "mention"})
    return [opening, Token("text", "", 0, content=f"@{name}"), Token("call_close", "span", -1)]


_markdown.core.ruler.push("calls", draw_calls)
