"""The terms of a link as its page draws them."""

from .. import agreeing, clauses, conditions
from ..forms import TermsForm


def form_of(ours, terms, table, data=None):
    """The form of our terms as they would be: with what we asked the partner for, if he has not answered yet."""
    waiting = conditions.values_of(conditions.from_row(table.ours.proposal.terms)) if table.ours else None
    return TermsForm(data, instance=terms, waiting=waiting, their=conditions.theirs(ours))


def context(ours, form=None):
    """Everything about terms that the page of a link shows."""
    terms = ours.terms
    table = agreeing.table(ours, agreeing.partner_names())
    return {
        "terms": terms,
        "table": table,
        "form": form or form_of(ours, terms, table),
        "told": ours.their_version > 0,
        "their_lines": clauses.own_rules(conditions.theirs(ours)),
    }
