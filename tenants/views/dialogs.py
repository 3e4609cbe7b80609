"""A question asked in a dialog, or on a page of its own where no script runs."""

from django.http import HttpResponse
from django.shortcuts import redirect, render


def frame(request):
    """A question's frame: a dialog over the page, or a page of its own without a script."""
    return "ui/_dialog.html" if request.htmx else "base_dialog.html"


def ask(request, template, back_url, *, status=200, **context):
    """Draw the question; Cancel leads to `back_url`."""
    context |= {
        "frame": frame(request),
        "dialog_action": request.path,
        "back_url": back_url,
        "section": "settings",
    }
    return render(request, template, context, status=status)


def go(request, url):
    """It is done: the whole page goes on, from a dialog too."""
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
