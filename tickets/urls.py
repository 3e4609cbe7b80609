"""The addresses of a desk's tickets, all inside an account."""

from django.urls import path

from .views import composing, conversation, files, live, opening, properties, queue, ticket

app_name = "tickets"

urlpatterns = [
    path("", queue.tickets, name="list"),
    path("rows/", live.rows, name="rows"),
    path("new/", opening.new, name="new"),
    path("new/place/", opening.place, name="place"),
    path("<int:number>/", ticket.page, name="ticket"),
    path("<int:number>/timeline/", ticket.news, name="timeline"),
    path("<int:number>/here/", live.here, name="here"),
    path("<int:number>/status/", properties.status, name="status"),
    path("<int:number>/assign/", properties.assign, name="assign"),
    path("<int:number>/priority/", properties.priority, name="priority"),
    path("<int:number>/due/", properties.due, name="due"),
    path("<int:number>/resolve/", properties.resolve, name="resolve"),
    path("<int:number>/reopen/", properties.reopen, name="reopen"),
    path("<int:number>/close/", properties.close, name="close"),
    path("<int:number>/comments/", conversation.comment, name="comment"),
    path("<int:number>/comments/<uuid:comment_id>/edit/", conversation.edit, name="comment_edit"),
    path("<int:number>/comments/<uuid:comment_id>/remove/", conversation.remove, name="comment_remove"),
    path("<int:number>/comments/<uuid:comment_id>/pass-on/", conversation.pass_on, name="comment_pass_on"),
    path("<int:number>/comments/<uuid:comment_id>/history/", conversation.history, name="comment_history"),
    path("<int:number>/draft/", composing.draft, name="draft"),
    path("<int:number>/people/", composing.people, name="people"),
    path("<int:number>/uploads/", composing.upload, name="upload"),
    path("<int:number>/uploads/<uuid:upload_id>/preview/", composing.upload_preview, name="upload_preview"),
    path("<int:number>/uploads/<uuid:upload_id>/remove/", composing.upload_remove, name="upload_remove"),
    path("<int:number>/held/<uuid:held_id>/send/", composing.held_send, name="held_send"),
    path("<int:number>/held/<uuid:held_id>/undo/", composing.held_undo, name="held_undo"),
    path("<int:number>/files/", files.add, name="files"),
    path("<int:number>/files/<uuid:file_id>/preview/", files.preview, name="file_preview"),
    path("<int:number>/files/<uuid:file_id>/<str:name>", files.download, name="file"),
]
