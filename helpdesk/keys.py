"""Which keys do what, for whoever works without a mouse."""

from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from tenants.views.dialogs import frame

# Kept beside keys.js, composer.js and select.js, which do what is written here.
KEYS = (
    (
        _("Everywhere"),
        (
            (("C",), _("New ticket")),
            (("/",), _("Search")),
            (("G", "T"), _("Our turn")),
            (("G", "M"), _("My tickets")),
            (("G", "P"), _("With partners")),
            (("G", "R"), _("Reports")),
            (("Esc",), _("Close, leave the field")),
            (("?",), _("All keys")),
        ),
    ),
    (
        _("In a list"),
        (
            (("J", "K"), _("Next, previous")),
            (("Enter",), _("Open the ticket under the cursor")),
            (("X",), _("Select")),
            (("Shift+X",), _("Select up to here")),
            (("I",), _("Take it myself")),
            (("A", "S", "P"), _("Assign, status, priority")),
            (("H",), _("Hand over to a partner")),
        ),
    ),
    (
        _("On a ticket"),
        (
            (("J", "K"), _("Next, previous in the list")),
            (("I",), _("Take it myself")),
            (("A", "S", "P"), _("Assign, status, priority")),
            (("R",), _("Reply to the same readers")),
            (("1", "2", "3", "4"), _("Choose who will read")),
            (("H",), _("Hand over to a partner")),
            (("Y", "B"), _("Accept the work, send it back")),
            (("N",), _("Nudge the holder")),
        ),
    ),
    (
        _("While writing"),
        (
            (("Alt+1…4",), _("Choose who will read")),
            (("Ctrl+Enter",), _("Send; twice sends at once")),
            (("@",), _("Mention a colleague")),
            (("Esc",), pgettext_lazy("key", "Leave the field")),
        ),
    ),
)


@require_safe
def keys(request):
    """The map of the keyboard, as a dialog over the page or as a page of its own."""
    return render(request, "keys.html", {"frame": frame(request), "groups": KEYS, "back_url": "../tickets/"})
