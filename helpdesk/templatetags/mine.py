"""What a person's own pages draw around their content."""

from django import template

from tenants import second_factor
from tenants.views import me

register = template.Library()


@register.simple_tag(takes_context=True)
def my_desk(context):
    """The account to go back to; none for whoever works in none."""
    return me.desk_of(context["request"])[0]


@register.simple_tag(takes_context=True)
def my_seats(context):
    """The accounts this person works in."""
    return me.desk_of(context["request"])[1]


@register.simple_tag(takes_context=True)
def passkeys_work(context):
    """Whether a browser can keep a passkey for the address this page was asked by."""
    return second_factor.passkeys_work(context["request"])
