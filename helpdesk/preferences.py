"""What a person likes his screens to be: language and theme."""

from django.conf import settings
from django.http import HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tenants.models import User


@require_POST
def set_language(request):
    """Speak this language from now on, on this browser and, when signed in, to this person."""
    language = request.POST.get("language", "")
    answer = HttpResponseRedirect(back(request))
    if language in dict(settings.LANGUAGES):
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=365 * 86400, samesite="Lax", secure=settings.SECURE
        )
        if request.user.is_authenticated:
            User.objects.filter(pk=request.user.pk).update(language=language)
    return answer


@require_POST
def set_theme(request):
    """Light, dark, or as the system has it."""
    theme = request.POST.get("theme", "")
    if request.user.is_authenticated and theme in ("", "light", "dark"):
        User.objects.filter(pk=request.user.pk).update(theme=theme)
    return HttpResponseRedirect(back(request))


def back(request):
    """Where the person came from, if that is here."""
    to = request.POST.get("next") or request.headers.get("Referer", "")
    return to if url_has_allowed_host_and_scheme(to, {request.get_host()}, request.is_secure()) else "/"
