"""The addresses at which an account says what it promises and when it works, beside the rest of its settings."""

app_name = "sla"

urlpatterns = []
