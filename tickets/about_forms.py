"""Who asks, where, about what and under which agreement, named anew on a ticket that is there."""

from django import forms
from django.utils.translation import gettext_lazy as _

from equipment.models import Equipment
from tenants import agreements

from . import placing, reach
from .forms import SHOWN


class AboutForm(forms.Form):
    """Each choice narrows the next: contacts and sites are the client's, equipment the site's."""

    client = forms.ModelChoiceField(None, label=_("Client"), required=False, empty_label="—")
    contact = forms.ModelChoiceField(None, label=_("Contact"), required=False, empty_label="—")
    site = forms.ModelChoiceField(None, label=_("Site"), required=False, empty_label="—")
    equipment = forms.ModelMultipleChoiceField(
        Equipment.objects, label=_("Equipment"), required=False, widget=forms.CheckboxSelectMultiple
    )
    agreement = forms.CharField(label=_("Agreement number"), required=False, max_length=placing.AGREEMENT)

    def __init__(self, *args, member, standing, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["client"].queryset = reach.clients_of(member).filter(archived_at=None)
        self.fields["contact"].queryset = reach.contacts_of(member).select_related("client")
        self.fields["site"].queryset = reach.sites_of(member).select_related("client")
        self.fields["equipment"].queryset = reach.equipment_of(member).select_related("model")
        client = self.named("client", standing["client"])
        self.offer("client", {}, standing["client"])
        self.offer("contact", {"client": client}, standing["contact"])
        self.offer("site", {"client": client}, standing["site"])
        self.agreements_known = agreements.numbers_of(client)[:SHOWN] if client else []
        self.fields["agreement"].widget.attrs |= {"list": "agreements", "autocomplete": "off"}
        site = self.named("site", standing["site"])
        here = self.fields["equipment"].queryset.filter(site=site)[:SHOWN] if site else []
        self.fields["equipment"].widget.choices = [(str(row.pk), str(row)) for row in here]

    def named(self, name, standing):
        """What the form names so far, else what the ticket says now."""
        if not self.is_bound:
            return standing
        try:
            return self.fields[name].clean(self.data.get(name))
        except forms.ValidationError:
            return None

    def offer(self, name, belonging, standing):
        """As many rows as a person scrolls through, and always the one that is there."""
        rows = list(self.fields[name].queryset.filter(**{key: row for key, row in belonging.items() if row})[:SHOWN])
        chosen = self.named(name, standing)
        rows += [row for row in (chosen,) if row and row not in rows]
        self.fields[name].widget.choices = [("", "—"), *((str(row.pk), str(row)) for row in rows)]

    def facts(self):
        """What the verb is told: what no longer belongs to the client or the site is left behind."""
        data = self.cleaned_data
        client, contact, site = data["client"], data["contact"], data["site"]
        client = client or (site and site.client) or (contact and contact.client)
        contact = contact if contact and client and contact.client_id == client.pk else None
        site = site if site and client and site.client_id == client.pk else None
        devices = [row for row in data["equipment"] if site is None or row.site_id == site.pk]
        return {"client": client, "contact": contact, "site": site, "equipment": devices}
