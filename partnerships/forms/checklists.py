"""Lines that somebody ticks off, written one under the other."""

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_LINES, LINE = 30, 200


class Checklist(forms.CharField):
    """What the partner confirms line by line when he delivers the work."""

    widget = forms.Textarea

    def __init__(self, **options):
        options.setdefault("help_text", _("One line each; the partner ticks them when he delivers the work."))
        super().__init__(widget=forms.Textarea(attrs={"rows": 3}), **options)

    def prepare_value(self, value):
        """The lines as they are written down."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value):
        """The lines, without empty ones and without repetitions."""
        lines = [" ".join(line.split()) for line in super().clean(value).splitlines()]
        kept = list(dict.fromkeys(line for line in lines if line))
        if len(kept) > MOST_LINES:
            raise forms.ValidationError(_("At most %(n)s lines.") % {"n": MOST_LINES})
        if any(len(line) > LINE for line in kept):
            raise forms.ValidationError(_("A line may have %(n)s letters at most.") % {"n": LINE})
        return kept
