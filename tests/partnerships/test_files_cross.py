"""Files cross with the comment they hang on, by digest and with the same bytes."""

from django.core.files.uploadedfile import SimpleUploadedFile

from partnerships import delivery, sharing
from partnerships.cards import Share
from partnerships.models import Handover
from tests import world
from tickets import conversation, lifecycle
from tickets.files import path_of
from tickets.models import Attachment
from tickets.vocabulary import Audience


def test_a_file_on_a_comment_arrives_with_it(chain_of_four):
    w = chain_of_four
    with w.retail.scope():
        ticket = lifecycle.open_ticket("Касса", by=w.retail.dispatcher)
        sharing.offer(ticket, to=world.partner(w.retail, w.service), by=w.retail.dispatcher, share=Share())
    delivery.drain()
    upload = SimpleUploadedFile("Порядок обновления.pdf", b"%PDF-1.4 test", "application/pdf")
    with w.service.scope():
        taken = Handover.objects.select_related("ticket", "counterpart").get()
        conversation.comment(
            taken.ticket,
            "см. файл",
            by=w.service.agent,
            audience=Audience.PARTNER,
            readers=[taken.counterpart],
            uploads=[upload],
        )

    delivery.drain()

    with w.retail.scope():
        arrived = Attachment.objects.select_related("comment").get()
        assert (arrived.name, arrived.comment.body) == ("Порядок обновления.pdf", "см. файл")
        assert path_of(arrived.blob_id).read_bytes() == b"%PDF-1.4 test"
