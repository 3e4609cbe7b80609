FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 \
    COTICKET_DATA=/data COTICKET_FILES=/data/files COTICKET_STATIC=/app/staticfiles

RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin coticket \
 && install -d -o coticket -g coticket /data /data/files /data/beat

WORKDIR /app
COPY requirements.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements.lock

COPY . .
# Only for this step: static files need settings, settings need a secret and an address they never use here.
RUN python -m helpdesk.embedded translate \
 && SECRET_KEY=build DATABASE_URL=postgresql:///build DATABASE_OWNER_URL=postgresql:///build \
    REDIS_URL=redis://localhost/0 python manage.py collectstatic --noinput --verbosity=0

USER coticket
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "uvicorn", "helpdesk.asgi:application", "--host", "0.0.0.0", "--port", "8000", \
     "--lifespan", "off", "--timeout-graceful-shutdown", "5", "--no-access-log"]
