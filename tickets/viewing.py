"""Lists that people come back to: kept under a name, one's own or everybody's, and counted in the side bar."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.activity import record
from tenants.vocabulary import refuse_nulls, refuse_unless

from . import queue
from .models import View
from .settings_vocabulary import VIEW_ADDED, VIEW_REMOVED, VIEW_RENAMED

MOST = 20
LONGEST = 60
ONLY_ADMINS = _("Only owners and administrators change what everybody sees.")


def views_of(member):
    """The views in a member's side bar: everybody's, then his own."""
    mine = View.objects.filter(Q(member=None) | Q(member=member))
    return sorted(mine[: 2 * MOST], key=lambda view: (view.member_id is not None, view.position, view.name))


def view_or_none(member, pk):
    """A view that the member has in his side bar."""
    return pk and next((view for view in views_of(member) if str(view.pk) == pk), None)


def asked(view):
    """The list that a view stands for."""
    told = view.query
    filters = {name: told[name] for name in queue.FILTERS if told.get(name)}
    known = told.get("queue") if told.get("queue") in queue.QUEUES else queue.DEFAULT
    sort = told.get("sort") if told.get("sort") in queue.SORTS else "due"
    return queue.Wanted(known, sort, told.get("q", ""), filters)


def counted(member, views):
    """How many tickets each view has, all in one query; a view that searches for words is not counted."""
    lists = [asked(view) for view in views]
    plain = [wanted for wanted in lists if not wanted.phrase]
    sizes = iter(queue.bounded([queue.narrowed(member, wanted) for wanted in plain]) if plain else ())
    return [(view, "" if wanted.phrase else queue.said(next(sizes))) for view, wanted in zip(views, lists, strict=True)]


@transaction.atomic
def keep(name, query, *, by, shared=False):
    """Come back to this list by its name; `query` is what its address says, checked. The same name is the same view."""
    name = named(name)
    refuse_unless(not shared or by.may("settings"), ONLY_ADMINS)
    owner = None if shared else by
    kept = View.objects.filter(member=owner)
    view = kept.filter(name__iexact=name).first()
    refuse_unless(view or kept.count() < MOST, _("There are 20 views already: remove one that nobody needs."), "name")
    if view:
        View.objects.filter(pk=view.pk).update(query=query)
        view.query = query
        return view
    view = View.objects.create(name=name, member=owner, query=query, position=kept.count())
    tell(view, VIEW_ADDED, by=by, name=name)
    return view


@transaction.atomic
def rename(view, name, *, by):
    """The list is called differently from now on."""
    permit(view, by)
    name = named(name)
    taken = View.objects.filter(member=view.member_id, name__iexact=name).exclude(pk=view.pk).exists()
    refuse_unless(not taken, _("There is a view of this name already."), "name")
    before, view.name = view.name, name
    view.save(update_fields=["name"])
    tell(view, VIEW_RENAMED, by=by, before=before, after=name)


@transaction.atomic
def remove(view, *, by):
    """Nobody comes back to this list any more; its tickets stay where they are."""
    permit(view, by)
    tell(view, VIEW_REMOVED, by=by, name=view.name)
    view.delete()


def named(name):
    """A name that fits into the side bar."""
    refuse_nulls(name, "name")
    name = " ".join(name.split())
    refuse_unless(name, _("Give the view a name."), "name")
    refuse_unless(len(name) <= LONGEST, _("The name has 60 characters at most."), "name")
    return name


def may_change(view, by):
    """One's own views are one's own; everybody's are the administrators'."""
    return view.member_id == by.pk or (view.member_id is None and by.may("settings"))


def permit(view, by):
    """Stop whoever may not change the view."""
    refuse_unless(may_change(view, by), ONLY_ADMINS)


def tell(view, kind, *, by, **details):
    """What everybody sees has a history; what one keeps for oneself has none."""
    if view.member_id is None:
        record(view, kind, by=by, **details)
