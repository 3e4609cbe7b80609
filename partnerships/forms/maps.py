"""The status map as one table: a choice for each row, lines for new ones, each mistake at its field."""

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets import statuses
from tickets.vocabulary import FINISHED, Category

from .. import maps
from ..maps import Rule
from ..translation import as_rule
from ..vocabulary import MapAction, MapEvent, Side

MOST_LINES = 20
WORD = "word"
LATER = pgettext_lazy("status map", "decide…")


class RuleField(forms.ChoiceField):
    """What a row does: one of our statuses by its id, or an action by its name."""

    def __init__(self, ours, *, label, returns=False, undecided=False, **options):
        kept = [(MapAction.LEAVE, _("leave as it is")), (MapAction.ASK, MapAction.ASK.label)]
        choices = [(MapAction.RETURN, MapAction.RETURN.label), *kept] if returns else kept
        if not returns and ours:
            choices.append((_("set my status"), [(str(status.pk), status.name) for status in ours]))
        if undecided:
            choices.insert(0, ("", LATER))
        wrong = {"invalid_choice": _("This can't be chosen any more. Choose something else.")}
        super().__init__(
            label=label,
            choices=choices,
            required=False,
            # What was shown comes back with what was chosen: only rows that somebody touched are saved.
            show_hidden_initial=True,
            error_messages=wrong,
            widget=forms.Select(attrs={"class": "input", "aria-label": label}),
            **options,
        )


class MapForm(forms.Form):
    """Both sides of a link's map. `rows` are the map's own; `lines` says how many new ones each side has room for."""

    def __init__(self, data=None, *, rows, more=""):
        super().__init__(data)
        self.rows, self.ours = list(rows), list(statuses.current())
        self.tables, self.sources = [], {}
        for side in Side:
            self.tables.append(self.table(side, self.room(side), fresh=more == side))

    def room(self, side):
        """How many lines for new rows this side showed."""
        asked = (self.data or {}).get(f"{side}-lines", "")
        return min(int(asked), MOST_LINES) if asked.isdecimal() else 0

    def table(self, side, lines, *, fresh):
        """One side: words that wait, then events, categories, words, and lines for new rows."""
        known = [row for row in self.rows if row.side == side]
        events = {row.handover_state: row for row in known if row.handover_state}
        waiting = [self.word(side, row) for row in known if row.their_status and row.met_at]
        drawn = [self.event(side, event, events.get(event)) for event in maps.EVENTS[side]]
        drawn += [self.category(side, row) for row in known if row.their_category and not row.their_status]
        drawn += [self.word(side, row) for row in known if row.their_status and not row.met_at]
        return {
            "side": side,
            "label": side.label,
            "waiting": waiting,
            "rows": drawn,
            "lines": [self.line(side, n, fresh=n == lines) for n in range(lines + fresh)],
            "count": lines + fresh,
        }

    def event(self, side, event, row):
        usual = MapAction.RETURN if event == MapEvent.REOPENED else MapAction.LEAVE
        rule = Rule(side, "event", event, row.action if row else usual, row.status if row else None)
        return self.row(f"{side}-event-{event}", rule, event.label, returns=event == MapEvent.REOPENED)

    def category(self, side, row):
        label = Category(row.their_category).label if row.their_category in Category.values else row.their_category
        drawn = self.row(f"{side}-category-{row.their_category}", as_rule(row), label, removable=True)
        return {**drawn, "category": True}

    def word(self, side, row):
        drawn = self.row(
            f"{side}-word-{row.pk.hex}", as_rule(row), row.their_status, removable=True, undecided=bool(row.met_at)
        )
        return {**drawn, "word": True, "waits": row.met_at}

    def row(self, name, rule, label, *, removable=False, undecided=False, **options):
        """A row that is there: what it does, and whether it goes."""
        chosen = "" if undecided else value_of(rule)
        self.fields[name] = RuleField(self.ours, label=label, initial=chosen, undecided=undecided, **options)
        self.sources[name] = rule
        drawn = {"label": label, "field": self[name]}
        if removable:
            words = _("Remove the row “%(what)s”") % {"what": label}
            box = forms.CheckboxInput(attrs={"class": "check", "aria-label": words})
            self.fields[f"{name}-off"] = forms.BooleanField(label=words, required=False, widget=box)
            drawn["off"] = self[f"{name}-off"]
        return drawn

    def line(self, side, n, *, fresh):
        """Room for a new row: what it is about, the word when it is one, and what it does."""
        taken = {row.their_category for row in self.rows if row.side == side}
        sorts = [(one.value, one.label) for one in Category if one not in taken]
        choices = [(WORD, _("their status")), (_("any status of the category"), sorts)]
        name = f"{side}-new{n}"
        attrs = {"class": "input", "aria-label": _("What the row is about"), "autofocus": fresh}
        self.fields[f"{name}-what"] = forms.ChoiceField(
            choices=choices, required=False, initial=WORD, widget=forms.Select(attrs=attrs)
        )
        attrs = {"class": "input", "aria-label": _("Their status, in their own word")}
        self.fields[f"{name}-word"] = forms.CharField(
            required=False, max_length=maps.LONGEST_WORD, widget=forms.TextInput(attrs=attrs)
        )
        self.fields[f"{name}-rule"] = RuleField(self.ours, label=_("What it does here"), undecided=True)
        return {part: self[f"{name}-{part}"] for part in ("what", "word", "rule")}

    def clean(self):
        cleaned = super().clean()
        known = {self.key(as_rule(row)) for row in self.rows}
        for table in self.tables:
            for n in range(table["count"]):
                self.check_line(table["side"], f"{table['side']}-new{n}", known)
        return cleaned

    def check_line(self, side, name, known):
        """A new row is whole, or empty; and no other says the same."""
        what, word, rule = (self.cleaned_data.get(f"{name}-{part}") or "" for part in ("what", "word", "rule"))
        if self.is_empty(what, word, rule):
            return
        if not what:
            self.add_error(f"{name}-what", _("Choose what the row is about."))
        elif what == WORD and not maps.tidy(word):
            self.add_error(f"{name}-word", _("Write their status as they call it."))
        elif self.key(line := new_rule(side, what, word)) in known:
            self.add_error(f"{name}-{'word' if what == WORD else 'what'}", _("There is such a row already."))
        else:
            known.add(self.key(line))
        if not rule and f"{name}-rule" not in self.errors:
            self.add_error(f"{name}-rule", _("Choose what it does here."))

    @staticmethod
    def is_empty(what, word, rule):
        return not rule and not maps.tidy(word) and what in ("", WORD)

    @staticmethod
    def key(rule):
        return maps.key_of(rule.side, rule.sort, rule.value)

    @cached_property
    def rules(self):
        """What the form wants changed, for the verb and for the dry run."""
        data = self.cleaned_data
        wanted = [
            self.ruled(rule, data[name])
            for name, rule in self.sources.items()
            if data.get(name) and name in self.changed_data and not data.get(f"{name}-off")
        ]
        gone = [rule for name, rule in self.sources.items() if data.get(f"{name}-off")]
        wanted += [Rule(rule.side, rule.sort, rule.value, "") for rule in gone]
        for table in self.tables:
            for n in range(table["count"]):
                name = f"{table['side']}-new{n}"
                what, word, rule = (data[f"{name}-{part}"] for part in ("what", "word", "rule"))
                if not self.is_empty(what, word, rule):
                    wanted.append(self.ruled(new_rule(table["side"], what, word), rule))
        return wanted

    def ruled(self, rule, chosen):
        """The row with what was chosen for it."""
        status = next((one for one in self.ours if str(one.pk) == chosen), None)
        action = MapAction.SET if status else chosen
        return as_chosen(rule, action, status)

    def errors_wait(self):
        """What is written comes back as it is and is judged later, when somebody saves or tries it."""
        self._errors = forms.utils.ErrorDict()

    @property
    def waiting(self):
        """How many words wait for a decision."""
        return sum(len(table["waiting"]) for table in self.tables)


def as_chosen(rule, action, status):
    finishes = status is not None and status.category in FINISHED
    return Rule(rule.side, rule.sort, rule.value, action, status, finishes)


def new_rule(side, what, word):
    """What a new line is about."""
    return Rule(side, "word", maps.tidy(word), "") if what == WORD else Rule(side, "category", what, "")


def value_of(rule):
    """A row's action as the choice that stands for it."""
    return str(rule.status.pk) if rule.action == MapAction.SET and rule.status else str(rule.action)
