"""Links out of an account: to sign-in, to the other accounts, to the installation's own pages."""

from django import template
from django.conf import settings
from django.urls import get_script_prefix, reverse, set_script_prefix

register = template.Library()


@register.simple_tag
def root_url(name, *args, **kwargs):
    """The address of a page that lies outside of every account."""
    prefix = get_script_prefix()
    set_script_prefix("/")
    try:
        return reverse(name, urlconf=settings.ROOT_URLCONF, args=args, kwargs=kwargs)
    finally:
        set_script_prefix(prefix)


@register.simple_tag
def signup_is_open():
    """Whether anybody may open an account on this installation."""
    return settings.SIGNUP == "open"
