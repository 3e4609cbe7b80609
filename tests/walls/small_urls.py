"""A small account urlconf: views that write a row and then fail, each in its own way."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpResponse, HttpResponseServerError
from django.template import engines
from django.template.response import TemplateResponse
from django.urls import path

from helpdesk import account_urls
from tenants.models import Client
from tenants.vocabulary import Refused


def write():
    Client.objects.create(name="Записан")


def ok(request):
    write()
    return HttpResponse(request.account.name)


def raises(error):
    def view(request):
        write()
        raise error

    return view


def answers_500(request):
    write()
    return HttpResponseServerError("no")


def fails_to_draw(request):
    write()
    template = engines["django"].from_string("{% load ui %}{{ boom }}")

    def boom():
        raise ZeroDivisionError

    return TemplateResponse(request, template, {"boom": boom})


urlpatterns = [
    *account_urls.urlpatterns,
    path("ok/", ok),
    path("crash/", raises(ZeroDivisionError())),
    path("refuse/", raises(Refused("нельзя"))),
    path("missing/", raises(Http404())),
    path("denied/", raises(PermissionDenied())),
    path("suspicious/", raises(SuspiciousOperation())),
    path("answer-500/", answers_500),
    path("draw/", fails_to_draw),
]
