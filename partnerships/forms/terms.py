"""What our side passes, accepts and shows over a link."""

from django import forms

from ..models import Terms


class TermsForm(forms.ModelForm):
    """What our side passes, accepts and shows over a link."""

    class Meta:
        model = Terms
        fields = (
            "pass_files",
            "pass_comments",
            "pass_contact_name",
            "pass_contact_phone",
            "pass_site",
            "pass_equipment",
            "pass_agreement",
            "auto_accept",
            "accept_minutes",
            "see_below",
            "relay_up",
            "masked",
        )

    passes = (
        "pass_files",
        "pass_comments",
        "pass_contact_name",
        "pass_contact_phone",
        "pass_site",
        "pass_equipment",
        "pass_agreement",
    )

    @property
    def passing(self):
        return [self[name] for name in self.passes]

    @property
    def ruling(self):
        return [self[name] for name in self.fields if name not in self.passes]
