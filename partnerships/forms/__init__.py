"""What people may send about links and hand-overs: explicit fields, each mistake at its field."""

from .answering import AnswerForm, NudgeForm, RateForm, ReasonForm, ReportForm, ReturnForm, answered
from .handing import HandOverForm
from .heap import HeapForm
from .linking import CardForm, CodeForm, InviteForm, JoinForm, OpenAccountForm
from .templates import TemplateForm
from .terms import TermsForm

__all__ = [
    "AnswerForm",
    "CardForm",
    "CodeForm",
    "HandOverForm",
    "HeapForm",
    "InviteForm",
    "JoinForm",
    "NudgeForm",
    "OpenAccountForm",
    "RateForm",
    "ReasonForm",
    "ReportForm",
    "ReturnForm",
    "TemplateForm",
    "TermsForm",
    "answered",
]
