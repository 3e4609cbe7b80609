"""A partner in this installation: the receiver's transaction, in the receiver's own scope."""

from django.utils.translation import override

from tenants.scoping import account_scope

from .. import failpoints, inbox, lanes


def hand_in(lane, letters, unfounded=frozenset()):
    """Put letters into the partner's inbox and let him read what he can; returns his Outcome, None at a shut door.

    `unfounded` are the ids of those that name bytes which their sender does not have.
    """
    with account_scope(lane.receiver_id):
        if not lanes.hold_open(lane):
            return None
        inbox.receive(lane, letters)
        failpoints.reach(failpoints.RECEIVING)
    failpoints.reach(failpoints.RECEIVED)
    # Sentences that stay on the receiver's rows are in his language.
    with account_scope(lane.receiver_id), override(lane.receiver.language):
        if not lanes.hold_open(lane):
            return None
        outcome = inbox.read(lane, unfounded)
        failpoints.reach(failpoints.APPLYING)
    failpoints.reach(failpoints.APPLIED)
    return outcome
