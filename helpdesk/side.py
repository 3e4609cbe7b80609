"""The numbers around every page, for pages that are open already."""

from django.shortcuts import render
from django.views.decorators.http import require_GET


@require_GET
def side(request):
    """The side bar anew: an open page takes the numbers out of it."""
    return render(request, "ui/_side_parts.html")
