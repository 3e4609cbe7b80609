"""To whom a ticket goes, and what goes along."""

from django import forms
from django.db.models import QuerySet
from django.template.defaultfilters import filesizeformat
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from tickets.forms import Moment
from tickets.models import Attachment, Comment
from tickets.vocabulary import Audience

from .. import usual
from ..cards import Share
from ..models import HandoverTemplate, Partnership
from ..vocabulary import HandOn, LinkState, Mode, Relay, SeeBelow
from .checklists import Checklist
from .facts import FactsForm, boxes, tick
from .marks import TEXT


class FileChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, file):
        return f"{file.name}, {filesizeformat(file.size)}"


class CommentChoices(forms.ModelMultipleChoiceField):
    def label_from_instance(self, said):
        text = Truncator(" ".join(said.body.split())).chars(90) or _("(files only)")
        return f"{said.author_name}: {text}"


class HandOverForm(FactsForm):
    """To whom, what goes along, by when, and on which conditions. Internal comments are not on offer at all."""

    to = forms.ModelMultipleChoiceField(Partnership.objects, label=_("Partner"))
    several = tick(_("Ask several partners"))
    mode = forms.ChoiceField(label=_("How they are asked"), choices=Mode.choices, required=False)
    template = forms.ModelChoiceField(HandoverTemplate.objects, label=_("Template"), required=False, empty_label="—")
    # For whom the ticks were made, whose page is shown, and which warnings a person has seen.
    shares_of = forms.CharField(required=False, widget=forms.HiddenInput)
    seen_as = forms.UUIDField(required=False)
    warned = forms.CharField(required=False)
    wording = forms.CharField(
        label=_("The text for the partner"),
        required=False,
        max_length=TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Our ticket keeps its own words."),
    )
    files = boxes(FileChoices, Attachment.objects, _("Files"))
    comments = boxes(CommentChoices, Comment.objects, _("Comments"))
    due_at = Moment(label=_("Deadline for the partner"), required=False)
    # The deadline that was suggested: one that nobody touched follows the partner.
    due_usual = Moment(required=False)
    accept_by = Moment(label=_("Accept by"), required=False, help_text=_("Left empty: as the terms say."))
    hand_on = forms.ChoiceField(label=_("May hand on"), choices=HandOn.choices, required=False)
    hand_on_to = boxes(forms.ModelMultipleChoiceField, Partnership.objects, _("Only to"))
    see_below = forms.ChoiceField(label=_("If handed on, we see those below"), choices=SeeBelow.choices)
    client_replies = forms.ChoiceField(label=_("Client's replies go to the partner"), choices=Relay.choices)
    wish_from = Moment(label=_("Visit wanted from"), required=False)
    wish_until = Moment(label=_("Visit wanted until"), required=False)
    checklist = Checklist(label=_("Checklist"), required=False)
    message = forms.CharField(
        label=_("Message to the partner"),
        required=False,
        max_length=TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, ticket, given=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.ticket = ticket
        self.fields["due_usual"].widget.input_type = "hidden"
        said = Comment.objects.filter(ticket=ticket, removed_at=None).exclude(audience=Audience.INTERNAL)
        linked = Partnership.objects.exclude(state=LinkState.ENDED).select_related("link")
        self.fields["to"].queryset = self.fields["hand_on_to"].queryset = linked
        self.fields["equipment"].queryset = ticket.equipment.select_related("model")
        self.fields["files"].queryset = Attachment.objects.filter(ticket=ticket, comment=None, removed_at=None)
        self.fields["comments"].queryset = said
        self.drop_absent(ticket, given)

    def clean(self):
        """A window ends after it begins; without the switch one partner is chosen; who listed nobody says so."""
        data = super().clean()
        if not data.get("several") and len(data.get("to") or ()) > 1:
            self.add_error("to", _("Choose one partner, or switch to several."))
        if data.get("wish_from") and data.get("wish_until") and data["wish_until"] <= data["wish_from"]:
            self.add_error("wish_until", _("The visit ends before it begins."))
        if data.get("hand_on") == HandOn.LISTED and not data.get("hand_on_to"):
            self.add_error("hand_on_to", _("Choose to whom, or let it be handed on to nobody."))
        return data

    @property
    def chosen(self):
        """The partners that are chosen now, in the order of the list: one after another begins with the best suited."""
        if not self.is_bound:
            return self.partners
        places = {pk: place for place, pk in enumerate(self.data.getlist("to"))}
        return sorted(self.cleaned_data.get("to") or (), key=lambda one: places.get(str(one.pk), 0))

    @property
    def facts(self):
        """The whole facts that may be ticked, each with what it says."""
        names = [name for name in WHOLE if name in self.fields and name != "description"]
        return [{"field": self[name], "note": self.notes[name]} for name in names]

    @property
    def lists(self):
        """What may be ticked one by one, as far as there is any, and how much of it is ticked."""
        found = []
        for name in ("equipment", "files", "comments"):
            field = self[name]
            if len(field):
                ticked = {str(pk) for pk in field.value() or ()}
                there = sum(str(box.data["value"]) in ticked for box in field)
                found.append({"field": field, "ticked": there, "of": len(field)})
        return found

    @property
    def reworded(self):
        """Whether the description goes in other words than ours."""
        return bool(self.wording_now())

    def wording_now(self):
        said = (self["wording"].value() or "") if "wording" in self.fields else ""
        ours = self.ticket.description
        return "" if not said.strip() or lines(said) == lines(ours) else said.strip()

    def said(self, name):
        """A value as it was sent and understood, or as the form begins with it."""
        return self.cleaned_data.get(name) if self.is_bound else self.initial.get(name)

    def share(self):
        """The ticks as a hand-over keeps them."""
        ids = {name: tuple(map(key_of, self.said(name) or ())) for name in ("files", "comments", "equipment")}
        flags = {name: bool(self.said(name)) and name in self.fields for name in WHOLE}
        return Share(**flags, **ids, wording=self.wording_now())

    def choices(self):
        """Everything else that a hand-over is made with."""
        moments = {name: self.said(name) for name in ("due_at", "accept_by", "wish_from", "wish_until")}
        readable = {name: None if isinstance(value, str) else value or None for name, value in moments.items()}
        words = {name: self.said(name) or None for name in ("see_below", "client_replies", "hand_on")}
        listed = None
        if words["hand_on"] == HandOn.LISTED:
            listed = Partnership.objects.filter(pk__in=map(key_of, self.said("hand_on_to") or ()))
        lines = self.said("checklist") or []
        return {**readable, **words, "hand_on_to": listed, "checklist": lines if isinstance(lines, list) else []}

    def values(self):
        """What stands in the form now, as another form would begin with it."""
        understood = getattr(self, "cleaned_data", {})
        now = {name: understood.get(name, self[name].value()) for name in self.fields}
        return {name: plain(value) for name, value in now.items()}


WHOLE = usual.WHOLE


def key_of(row):
    """The id of a row, or the id itself."""
    return getattr(row, "pk", row)


def plain(value):
    """A value that a form may begin with: ids instead of rows."""
    if isinstance(value, QuerySet | list):
        return [key_of(one) for one in value]
    return key_of(value)


def lines(text):
    """A text whose ends of lines are those of no system."""
    return text.replace("\r\n", "\n").strip()
