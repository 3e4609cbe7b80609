"""Refuse to start with a hole in the fence."""

from django.apps import apps
from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import connections

from .scoping import AccountManager, AccountOwned

SIGNUPS = ("open", "invite", "closed")
GLOBAL_APPS = {"account", "admin", "auth", "contenttypes", "guardian", "mfa", "sessions", "usersessions"}
GLOBAL = {
    "tenants.User": "people who sign in",
    "tenants.Account": "which accounts there are",
    "tenants.Seat": "who may enter which account",
    "tenants.MemberInvitationKey": "hashes of one-time links into an account",
    "tenants.Timer": "when something falls due, not what",
    "helpdesk.Heartbeat": "when a worker was last alive",
    "tickets.Blob": "digests of stored files",
    "partnerships.Link": "which two accounts are linked, and since when",
    "partnerships.InvitationKey": "hashes of one-time links",
    "partnerships.Lane": "how far letters were carried",
    "partnerships.Halt": "since when letters of a link stand still",
}


def register_checks():
    register(every_model_is_fenced)
    register(sign_up_is_a_known_word)
    register(the_app_role_is_weak, Tags.database)


def every_model_is_fenced(app_configs, **kwargs):
    errors = []
    for model in apps.get_models():
        label = model._meta.label
        if issubclass(model, AccountOwned):
            if not isinstance(model._meta.base_manager, AccountManager) or not isinstance(
                model._meta.default_manager, AccountManager
            ):
                errors.append(Error(f"{label} has a manager that goes round the account", id="tenants.E002"))
        elif label not in GLOBAL and model._meta.app_label not in GLOBAL_APPS and not model._meta.proxy:
            errors.append(Error(f"{label} is neither AccountOwned nor listed as global", id="tenants.E001"))
    return errors


def sign_up_is_a_known_word(app_configs, **kwargs):
    """Who may open an account must not depend on a slip of the pen."""
    if settings.SIGNUP in SIGNUPS:
        return []
    return [Error(f"SIGNUP is {settings.SIGNUP!r}: say {', '.join(SIGNUPS)}", id="tenants.E004")]


def the_app_role_is_weak(app_configs, databases=None, **kwargs):
    if "default" not in (databases or []):
        return []
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        strong = cursor.fetchone()[0]
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind = 'r'"
            " AND pg_get_userbyid(c.relowner) = current_user LIMIT 1"
        )
        owns = cursor.fetchone()
    if strong or owns:
        return [Error("the app's database role passes row-level security or owns tables", id="tenants.E003")]
    return []
