"""The addresses of the account's own words, beside the rest of its settings."""

from django.urls import path, register_converter

from .views import words

app_name = "words"


class ShelfConverter:
    """One of the sorts of words that an account has."""

    regex = "|".join(words.SHELVES)

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(ShelfConverter, "shelf")

urlpatterns = [
    path("<shelf:shelf>/", words.shelf, name="list"),
    path("<shelf:shelf>/new/", words.new, name="new"),
    path("<shelf:shelf>/<uuid:pk>/", words.one, name="one"),
]
