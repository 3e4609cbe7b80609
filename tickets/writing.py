"""What people write becomes a page: Markdown in, safe HTML out. One string serves drafts, pages, mail and letters."""

import nh3
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt

# Pictures would be fetched from outside, headings would break the page's own order of headings.
_markdown = MarkdownIt("commonmark", {"breaks": True, "linkify": True, "html": False})
_markdown.enable("linkify").disable(["image", "heading", "lheading", "html_block", "html_inline"])
# A bare "file.md" or "5.8.2.bin" is a name and not an address.
_markdown.linkify.set({"fuzzy_link": False, "fuzzy_email": True, "fuzzy_ip": False})

TAGS = {"p", "br", "strong", "em", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr"}
SCHEMES = {"http", "https", "mailto", "tel"}


def as_html(text):
    """The text as a reader sees it; whatever is not on the list of allowed tags is gone."""
    drawn = _markdown.render(text or "")
    return mark_safe(
        nh3.clean(
            drawn,
            tags=TAGS,
            attributes={"a": {"href"}, "ol": {"start"}},
            url_schemes=SCHEMES,
            link_rel="noopener noreferrer nofollow",
            set_tag_attribute_values={"a": {"target": "_blank"}},
        )
    )
