"""The addresses of links, hand-overs and letters, all inside an account."""

from django.urls import path

from .views import adopting, answering, cards, handing, inviting, letters, mapping, parting, partners, presenting, rating, seeing, templates, terms, visiting

app_name = "partnerships"

urlpatterns = [
    path("partners/", partners.all_partners, name="list"),
    path("partners/invite/", inviting.invite, name="invite"),
    path("partners/card/", presenting.card, name="card"),
    path("partners/invitations/", inviting.invitations, name="invitations"),
    path("partners/invitations/<uuid:pk>/resend/", inviting.resend, name="resend"),
    path("partners/invitations/<uuid:pk>/revoke/", inviting.revoke, name="revoke"),
    path("partners/<uuid:pk>/", partners.partner, name="partner"),
    path("partners/<uuid:pk>/terms/", terms.terms, name="terms"),
    path("partners/<uuid:pk>/terms/history/", terms.history, name="terms_history"),
    path("proposals/<uuid:pk>/accept/", terms.accept, name="terms_accept"),
    path("proposals/<uuid:pk>/decline/", terms.decline, name="terms_decline"),
    path("proposals/<uuid:pk>/withdraw/", terms.withdraw, name="terms_withdraw"),
    path("partners/<uuid:pk>/map/", mapping.edit, name="map"),
    path("partners/<uuid:pk>/map/draft/", mapping.draft, name="map_draft"),
    path("partners/<uuid:pk>/map/usual/", mapping.usual, name="map_usual"),
    path("partners/<uuid:pk>/pause/", parting.pause, name="pause"),
    path("partners/<uuid:pk>/resume/", parting.resume, name="resume"),
    path("partners/<uuid:pk>/end/", parting.end, name="end"),
    path("partners/<uuid:pk>/templates/new/", templates.add, name="template_add"),
    path("templates/<uuid:pk>/", templates.change, name="template"),
    path("templates/<uuid:pk>/delete/", templates.remove, name="template_remove"),
    path("tickets/<int:number>/hand-over/", handing.hand_over, name="hand_over"),
    path("tickets/<int:number>/hand-over/preview/", handing.preview, name="preview"),
    path("handovers/<uuid:pk>/accept/", answering.accept, name="accept"),
    path("handovers/<uuid:pk>/decline/", answering.decline, name="decline"),
    path("handovers/<uuid:pk>/withdraw/", answering.withdraw, name="withdraw"),
    path("handovers/<uuid:pk>/done/", answering.deliver, name="done"),
    path("handovers/<uuid:pk>/give-back/", answering.give_back, name="give_back"),
    path("handovers/<uuid:pk>/approve/", answering.approve, name="approve"),
    path("handovers/<uuid:pk>/return/", answering.send_back, name="return"),
    path("handovers/<uuid:pk>/report-back/", answering.report_back, name="report_back"),
    path("handovers/<uuid:pk>/nudge/", answering.nudge, name="nudge"),
    path("handovers/<uuid:pk>/card/", cards.card, name="recard"),
    path("handovers/<uuid:pk>/card/preview/", cards.preview, name="recard_preview"),
    path("handovers/<uuid:pk>/visit/", visiting.visit, name="visit"),
    path("handovers/<uuid:pk>/adopt/<slug:what>/", adopting.adopt, name="adopt"),
    path("handovers/<uuid:pk>/ours/<slug:what>/", adopting.ours, name="ours"),
    path("handovers/<uuid:pk>/none-of-ours/<slug:what>/", adopting.none_of_ours, name="none_of_ours"),
    path("handovers/<uuid:pk>/as/partner/", seeing.as_partner, name="as_partner"),
    path("handovers/<uuid:pk>/rate/", rating.rate, name="rate"),
    path("handovers/<uuid:pk>/rating-answer/", rating.answer, name="rating_answer"),
    path("letters/<uuid:pk>/retry/", letters.retry, name="letter_retry"),
    path("letters/<uuid:pk>/skip/", letters.skip, name="letter_skip"),
]
