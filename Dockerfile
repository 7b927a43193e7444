# One image for every process of a site: compose.yaml says which of them a container is.
#
#   docker build --tag peerlearn .

FROM python:3.11-slim-bookworm AS packages

RUN python -m venv /opt/venv
COPY requirements-prod.txt .
# Every package is the very file that the lock names.
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes \
    --requirement requirements-prod.txt


FROM python:3.11-slim-bookworm

# pg_dump and pg_restore, for `manage.py backup` and `restore`: at least as new as the server of compose.yaml.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-15 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /srv/peerlearn --shell /usr/sbin/nologin peerlearn \
    && install --directory --owner peerlearn --group peerlearn --mode 0700 \
        /srv/peerlearn /srv/peerlearn/media /srv/peerlearn/backups /run/peerlearn

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOST=0.0.0.0 \
    PEERLEARN_STORAGE_URL=file:///srv/peerlearn/media

COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
# Root's, and read-only to the process: what is broken into cannot change its own code. The key is made up for this step.
RUN PEERLEARN_DEBUG=false PEERLEARN_ALLOWED_HOSTS=build.invalid DATABASE_URL=sqlite://:memory: \
    PEERLEARN_SECRET_KEY=made-up-to-collect-static-files-and-never-used-again-0123456789 \
    python manage.py collectstatic --noinput --verbosity 0 \
    && python -m compileall -q accounts adminpanel api audit bookings catalog common courses matching messaging \
        notifications payments peerlearn privacy sessions_app support

USER peerlearn
EXPOSE 8000
# Whatever serves HTTP answers this, at whatever name it is reached by; a worker's container has its own in compose.yaml.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-m", "peerlearn.healthcheck"]
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", \
    "--blocking-threads", "4", "--no-ws", "peerlearn.wsgi:application"]
