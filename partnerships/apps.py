from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnershipsConfig(AppConfig):
    name = "partnerships"
    verbose_name = _("links and hand-overs")

    def ready(self):
        from sla import partner_figures
        from tenants import mail
        from tenants.activity import activity_recorded
        from tickets import board, slots

        from . import (
            announcing,
            chain,
            forgetting,
            inviting,
            outbox,
            panels,
            performance,
            presenting,
            recard,
            relay,
            reopening,
            rounds,
            translation,
        )

        activity_recorded.connect(forgetting.on_activity, dispatch_uid="partnerships.forgetting")
        activity_recorded.connect(outbox.on_activity, dispatch_uid="partnerships.outbox")
        activity_recorded.connect(presenting.on_activity, dispatch_uid="partnerships.presenting")
        activity_recorded.connect(recard.on_activity, dispatch_uid="partnerships.recard")
        board.due_moved.connect(recard.on_due, dispatch_uid="partnerships.client_due")
        activity_recorded.connect(relay.on_activity, dispatch_uid="partnerships.relay")
        activity_recorded.connect(chain.on_activity, dispatch_uid="partnerships.chain")
        activity_recorded.connect(translation.on_activity, dispatch_uid="partnerships.translation")
        activity_recorded.connect(reopening.on_activity, dispatch_uid="partnerships.reopening")
        activity_recorded.connect(announcing.on_activity, dispatch_uid="partnerships.announcing")
        activity_recorded.connect(rounds.on_activity, dispatch_uid="partnerships.rounds")
        mail.teller(inviting.MAIL, _("Invitation of a company"))(inviting.tell)
        mail.teller(inviting.GONE_MAIL, _("Invitation of a company taken back"))(inviting.tell_gone)
        partner_figures.tell_with(told=performance.told, tickets=performance.tickets)
        panels.register(slots)
