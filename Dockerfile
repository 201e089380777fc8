# One image for web, worker and beat; docker-compose.yml says which command each of them runs.
FROM python:3.13-slim AS build
WORKDIR /app
# As the Makefile does: every package by its hash, in the environment that the running image takes over whole.
COPY requirements-uv.lock requirements.lock ./
RUN python -m venv .venv \
 && .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-cache-dir --require-hashes -r requirements-uv.lock \
 && .venv/bin/uv pip sync --quiet --no-cache --require-hashes --python .venv/bin/python requirements.lock
COPY . .
# Settings refuse to start without these; none of them is used here, and none of them stays in the image.
RUN export SECRET_KEY=only-for-collecting-static-files-0123456789-abcdefghijklmnopqrstuvwxyz \
    ALLOWED_HOSTS=localhost PLATFORM_HOST=localhost STATIC_ROOT=/app/static-files \
    DATABASE_URL=postgresql://nobody@localhost/none REDIS_URL=redis://localhost EMAIL_URL=smtp://localhost \
 && .venv/bin/python manage.py translations --compile \
 && .venv/bin/python manage.py collectstatic --no-input --verbosity 0

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home kakehashi \
 && install -d -o kakehashi -g kakehashi /data
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    DATA_FOLDER=/data \
    STATIC_ROOT=/app/static-files
USER kakehashi
VOLUME /data
EXPOSE 8000
# The rest stands in gunicorn.conf.py.
# A slow body occupies a thread, not a process. Connections are not kept: the proxy spreads requests over all processes.
CMD ["gunicorn", "portal.wsgi", "--bind=0.0.0.0:8000", "--workers=4", "--worker-class=gthread", "--threads=4", \
     "--keep-alive=0", "--timeout=60", "--worker-tmp-dir=/dev/shm", "--graceful-timeout=30"]
