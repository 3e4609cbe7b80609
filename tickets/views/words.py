"""The account's own words on their pages: statuses, types with fields, tags, canned texts. One page per shelf."""

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tenants import account_settings, clock, history
from tenants.forms import refuse
from tenants.views.dialogs import frame
from tenants.vocabulary import Refused

from .. import canned, tags, typology, words
from ..models import CannedText, CustomField, Status, Tag, Ticket, TicketType
from ..word_forms import FORMS
from ..writing import as_html
from .properties import named

SHOWN = 500


@dataclass(frozen=True)
class Shelf:
    """One sort of the account's words: its rows, what is said of it, and its verbs."""

    code: str
    model: type
    title: object
    note: object
    new: object
    add: object
    change: object
    archive: object
    restore: object
    place: object = None
    merge: object = None
    page: str = ""  # the shelf on whose page it stands, when it has none of its own
    searched: bool = False

    @property
    def placed(self):
        """Whether its rows stand in an order of the account's own."""
        return self.place is not None

    @property
    def merges(self):
        """Whether one of its rows can become another."""
        return self.merge is not None

    @property
    def home(self):
        return self.page or self.code

    @property
    def url(self):
        return reverse("words:list", args=[self.home])


SHELVES = {
    shelf.code: shelf
    for shelf in (
        Shelf(
            "statuses",
            Status,
            gettext_lazy("Statuses"),
            gettext_lazy(
                "Your own words for where a ticket stands. The first of a category is what tickets get by themselves."
            ),
            gettext_lazy("New status"),
            words.add_status,
            words.change_status,
            words.archive_status,
            words.restore_status,
            place=words.place_status,
        ),
        Shelf(
            "types",
            TicketType,
            gettext_lazy("Types and fields"),
            gettext_lazy("Kinds of work, and what you want to know of each. Partners see neither."),
            gettext_lazy("New type"),
            typology.add_type,
            typology.rename_type,
            typology.archive_type,
            typology.restore_type,
            place=typology.place_type,
        ),
        Shelf(
            "fields",
            CustomField,
            gettext_lazy("Types and fields"),
            "",
            gettext_lazy("New field"),
            typology.add_field,
            typology.change_field,
            typology.archive_field,
            typology.restore_field,
            place=typology.place_field,
            page="types",
        ),
        Shelf(
            "tags",
            Tag,
            gettext_lazy("Tags"),
            gettext_lazy("Words by which people find tickets again. Merge those that mean the same."),
            gettext_lazy("New tag"),
            tags.add_tag,
            tags.change_tag,
            tags.archive_tag,
            tags.restore_tag,
            merge=tags.merge_tags,
            searched=True,
        ),
        Shelf(
            "canned",
            CannedText,
            gettext_lazy("Canned texts"),
            gettext_lazy("Texts that are said often. Whoever answers a ticket finds them under the text field."),
            gettext_lazy("New text"),
            canned.add_text,
            canned.change_text,
            canned.archive_text,
            canned.restore_text,
            searched=True,
        ),
    )
}


@require_safe
def shelf(request, shelf):
    """All words of one sort, and the ways to change them."""
    account_settings.permit(request.member)
    return draw_shelf(request, SHELVES[shelf], "settings/words.html")


@require_http_methods(["GET", "POST"])
def new(request, shelf):
    """One more word."""
    account_settings.permit(request.member)
    shelf = SHELVES[shelf]
    form_of = FORMS[shelf.model]
    if request.method == "GET":
        return draw_form(request, shelf, form_of(initial=request.GET.dict()))
    form = form_of(request.POST)
    if request.POST.get("do") == "preview":
        return draw_form(request, shelf, form, preview=True)
    if form.is_valid():
        try:
            shelf.add(**form.wanted, by=request.member)
            return saved(request, shelf)
        except Refused as refused:
            refuse(form, refused)
    return draw_form(request, shelf, form, status=422)


@require_http_methods(["GET", "POST"])
def one(request, shelf, pk):
    """One word: how it is called and drawn, its place, its end and its return."""
    account_settings.permit(request.member)
    shelf = SHELVES[shelf]
    row = shelf.model.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    if request.method == "GET":
        return draw_form(request, shelf, FORMS[shelf.model](row=row))
    do = request.POST.get("do", "save")
    if do in ("up", "down") and shelf.place:
        shelf.place(row, up=do == "up", by=request.member)
        return moved(request, shelf, row)
    form = FORMS[shelf.model](request.POST, row=row)
    if do == "preview":
        return draw_form(request, shelf, form, preview=True)
    try:
        if done(request, shelf, row, form, do):
            return saved(request, shelf)
    except Refused as refused:
        refuse(form, refused)
    return draw_form(request, shelf, form, status=422, ending=do in ("archive", "merge"))


def done(request, shelf, row, form, do):
    """Ask the verb that the pressed button names; whether it was done."""
    if do == "restore":
        shelf.restore(row, by=request.member)
    elif do == "archive":
        named_too = {"replacement": named_in(form, "replacement")} if "replacement" in form.fields else {}
        shelf.archive(row, by=request.member, **named_too)
    elif do == "merge" and shelf.merge:
        shelf.merge(row, into=named_in(form, "into"), by=request.member)
    elif form.is_valid():
        shelf.change(row, by=request.member, **form.wanted)
    else:
        return False
    return True


def named_in(form, name):
    """The other word that a form names, without asking whether the rest of it is right."""
    return named(form.fields[name].queryset, form.data.get(name, ""))


def saved(request, shelf):
    """It is done: back to the list, whichever way the form came."""
    messages.success(request, _("Saved."))
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": shelf.url})
    return redirect(shelf.url)


def moved(request, shelf, row):
    """The list in its new order, in place or as a page."""
    if request.htmx:
        return draw_shelf(request, shelf, "settings/_words.html")
    return redirect(f"{shelf.url}#row-{row.pk}")


def draw_shelf(request, shelf, template):
    shelf = SHELVES[shelf.home]
    phrase = request.GET.get("q", "").replace("\0", "").strip()[:60] if shelf.searched else ""
    rows = shelf.model.objects.filter(name__icontains=phrase) if phrase else shelf.model.objects.all()
    rows = list(rows[:SHOWN])
    current = [row for row in rows if row.archived_at is None]
    context = {
        "shelf": shelf,
        "rows": current,
        "archived": [row for row in rows if row.archived_at],
        "phrase": phrase,
        "settings_section": shelf.code,
        "section": "settings",
        "now": clock.now(),
        **more(shelf, current),
    }
    if template == "settings/words.html":
        context["lines"] = history.short(shelf.code)
    return render(request, template, context)


def more(shelf, rows):
    """What a shelf's page shows besides the words themselves."""
    if shelf.model is Status:
        waiting = Ticket.objects.filter(finished_at=None).values("status").annotate(n=Count("pk")).order_by()
        counts = {row["status"]: row["n"] for row in waiting}
        for row in rows:
            row.waiting = counts.get(row.pk, 0)
    if shelf.model is not TicketType:
        return {}
    fields = list(CustomField.objects.all())
    heaps = {None: [], **{row.pk: [] for row in rows}}
    for field in fields:
        if field.archived_at is None and field.type_id in heaps:
            heaps[field.type_id].append(field)
    return {
        "everywhere": heaps[None],
        "heaps": [{"type": row, "fields": heaps[row.pk]} for row in rows],
        "archived_fields": [field for field in fields if field.archived_at],
    }


def draw_form(request, shelf, form, *, status=200, preview=False, ending=False):
    """The form over the list, or as a page of its own."""
    body = canned.fill(form["body"].value() or "", canned.examples(request.member)) if preview else ""
    context = {
        "frame": frame(request),
        "shelf": shelf,
        "form": form,
        "row": form.row,
        "ending": ending,
        "preview": as_html(body),
        "placeholders": canned.PLACEHOLDERS if shelf.model is CannedText else (),
        "dialog_action": request.get_full_path(),
        "dialog_wide": shelf.model is CannedText,
        "back_url": shelf.url,
        "settings_section": shelf.home,
        "section": "settings",
    }
    return render(request, "settings/word.html", context, status=status)
