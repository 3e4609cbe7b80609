"""What people may send about links and hand-overs: explicit fields, each mistake at its field."""

from .answering import AnswerForm, RateForm, ReasonForm, ReportForm
from .handing import HandOverForm
from .linking import CodeForm, InviteForm, JoinForm, OpenAccountForm
from .terms import TermsForm

__all__ = [
    "AnswerForm",
    "CodeForm",
    "HandOverForm",
    "InviteForm",
    "JoinForm",
    "OpenAccountForm",
    "RateForm",
    "ReasonForm",
    "ReportForm",
    "TermsForm",
]
