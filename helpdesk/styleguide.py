"""The component guide: every part of templates/ui on one page with sample data, for whoever builds screens."""

from datetime import UTC, datetime, timedelta

from django import forms
from django.conf import settings
from django.http import Http404
from django.shortcuts import render
from django.utils.safestring import mark_safe

NOW = datetime(2026, 11, 24, 11, 20, tzinfo=UTC)
CLIENT = {"name": "Lukoshko", "party": "client"}
US = {"name": "Meridian Service", "party": "us"}
PARTNER = {"name": "Vector", "party": "partner"}
FAR = {"name": "ATLAS Service", "party": "far"}
OPEN = {"name": "In progress", "glyph": "open"}
REVIEW = {"name": "To be accepted", "glyph": "review"}
SOLVED = {"name": "Solved", "glyph": "solved"}


def styleguide(request):
    """Every part in both themes, so that a change of one is seen everywhere before it ships."""
    if not settings.DEBUG:
        raise Http404
    theme = request.GET.get("theme")
    context = {
        "themes": [theme] if theme in {"light", "dark"} else ["light", "dark"],
        "now": NOW,
        "files": FILES,
        "stations": stations(),
        "statuses": [{"name": glyph, "glyph": glyph} for glyph in GLYPHS],
        "clocks": clocks(),
        "chips": CHIPS,
        "rows": pips(),
        "comments": comments(),
        "composers": [{"id": f"-composer-{n}", "segments": audiences(n)} for n in range(1, 5)],
        "form": SampleForm({"serial": "", "due": "1"}),
        **LINES,
    }
    return render(request, "styleguide.html", context)


class SampleForm(forms.Form):
    """A form with one field of each sort."""

    serial = forms.CharField(label="Serial number", help_text="On the sticker below")
    due = forms.ChoiceField(label="Due for the partner", choices=[("1", "Today, 16:30")])
    note = forms.CharField(label="Message", widget=forms.Textarea, required=False)
    share = forms.BooleanField(label="Share files", required=False, initial=True)


GLYPHS = ["new", "open", "client", "partner", "review", "returned", "solved", "closed"]
FILES = [
    {"name": "register-3.jpg", "size": 1_800_000, "url": "#"},
    {"name": "К-220_5.8.2.bin", "size": 320_000},
]
CHIPS = [
    {"label": "Vector", "state": "offered", "words": "not accepted yet"},
    {"label": "Vector", "state": "accepted", "words": "accepted"},
    {"label": "Vector", "state": "done", "words": "work delivered"},
    {"label": "Navis Track", "state": "returned", "words": "sent back"},
    {"label": "Orion", "state": "accepted", "words": "handed to us", "direction": "taken"},
    {"label": "Vector", "state": "approved", "words": "accepted by us"},
    {"label": "Vector", "state": "declined", "words": "declined"},
]
LINES = {
    "source": US,
    "target": PARTNER,
    "facts": [
        {"label": "Site", "value": "Lukoshko, store 47", "note": "Vologda, 18 Mira St"},
        {"label": "Serial no.", "value": "220-0471938", "code": True},
        {"label": "Drive", "value": "until 14.03.2027", "tag": "warranty", "tone": "ok"},
        {"label": "Left out", "value": ""},
    ],
    "ways": [
        {"url": "#", "label": "With partners", "icon": "arrows-right-left", "count": 21},
        {"url": "#", "label": "Take an unassigned one", "icon": "inbox", "count": 4},
    ],
    "items": [
        {"label": "Meridian Service", "url": "#", "current": True},
        {"label": "North Cash", "url": "#", "note": "2"},
        {"label": "Post this", "url": "#", "post": True, "icon": "bolt"},
    ],
}


def stations():
    """A chain of four companies, the turn at ours."""
    due = NOW + timedelta(hours=3, minutes=40)
    waits = {"name": "Waiting for a fix", "glyph": "client"}
    return [
        CLIENT | {"number": "LK-2093", "held": timedelta(minutes=12), "status": waits, "due_at": due},
        US
        | {
            "number": "MS-4812",
            "held": timedelta(minutes=44),
            "status": REVIEW,
            "turn": True,
            "turn_text": "18 m",
        },
        PARTNER
        | {
            "number": "VR-1177",
            "held": timedelta(minutes=158),
            "status": SOLVED,
            "rating": "4.8",
            "url": "#",
        },
        FAR | {"number": "AT-90315", "held": timedelta(minutes=125), "status": SOLVED, "due_at": due},
    ]


def clocks():
    """A deadline in each of its states."""
    start = NOW - timedelta(hours=2, minutes=20)
    return [
        {"due_at": NOW + timedelta(hours=3, minutes=40), "started_at": start},
        {"due_at": NOW + timedelta(minutes=23), "started_at": start},
        {"due_at": NOW - timedelta(minutes=12), "started_at": start},
        {"due_at": NOW + timedelta(days=1, hours=1), "paused": True},
        {"due_at": NOW, "started_at": start, "done": start + timedelta(minutes=15)},
        {"due_at": NOW - timedelta(minutes=30), "started_at": start, "done": NOW},
    ]


def pips():
    """The chain in a list row: our turn, sent and not accepted, a far company's turn."""
    return [
        [CLIENT, US | {"turn": True}, PARTNER, FAR],
        [CLIENT, US, PARTNER | {"turn": True, "pending": True}],
        [CLIENT, US, PARTNER, FAR | {"turn": True}],
    ]


def comments():
    """One comment of each audience, one of them relayed."""
    text = mark_safe("<p>Firmware 5.8.2 is in, three test receipts went through.</p>")
    base = {"at": NOW, "body_html": text}
    action = {"url": "#", "label": "Pass on to the client"}
    hidden = {"icon": "eye-slash", "text": "The client does not see this", "action": action}
    return [
        base | {"author_name": "Igor Sedykh", "audience": "internal", "audience_label": "Only us"},
        base | {"author_name": "Anna Kovaleva", "audience": "client", "audience_label": "Client", "files": FILES},
        base
        | {"author_name": "Ekaterina Volskaya", "author_company": "ATLAS Service", "via": "Vector"}
        | {"audience": "partner", "audience_label": "Vector and us", "foot": hidden},
        base
        | {"author_name": "Ruslan Gaisin", "author_company": "Vector, engineer"}
        | {"audience": "client_and_partner", "audience_label": "Client and Vector"},
    ]


def audiences(checked):
    """The four segments of the composer, the given one chosen."""
    relay = {"text": " Vector relays comments: ATLAS Service will read it too.", "tone": "relay"}
    client, people = "Olga Petrenko", ["Artyom Shubin", "Ruslan Gaisin"]
    segments = [
        (
            "internal",
            "Only us",
            "Save for our team",
            [],
            [strong("Only people of Meridian"), plain(" will read it.")],
        ),
        (
            "client",
            "Client",
            "Send to the client",
            [client],
            [strong(client), plain(" will read it. Vector won't.")],
        ),
        ("partner", "Vector", "Send to Vector", people, [strong("Vector"), plain(" will read it."), relay]),
        (
            "client_and_partner",
            "Client and Vector",
            "Send to the client and Vector",
            [client, *people],
            [strong(client), plain(" and "), strong("Vector"), plain(" will read it."), relay],
        ),
    ]
    return [
        {
            "value": key,
            "key": key,
            "label": label,
            "send": send,
            "people": who,
            "readers": readers,
            "checked": n == checked,
        }
        for n, (key, label, send, who, readers) in enumerate(segments, start=1)
    ]


def strong(text):
    """A reader's name."""
    return {"text": text, "tone": "strong"}


def plain(text):
    """The words between the names."""
    return {"text": text}
