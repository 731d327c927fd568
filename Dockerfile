# Quo Admin in a container. docs/containers.md says how to run it.
FROM python:3.13-slim

RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin quo-admin \
    && install --directory --owner=quo-admin --group=quo-admin --mode=700 /data

WORKDIR /app

COPY requirements.txt .
RUN pip install --require-hashes --no-cache-dir -r requirements.txt

# .dockerignore names what is copied.
COPY . .

# The file system is read-only when this runs: what belongs beside the code is written now. A checkout may be
# readable by its owner only.
RUN export DATA_DIR="$(mktemp -d)" \
    && python -m quo_admin.prepare \
    && python manage.py collect \
    && rm -r "$DATA_DIR" \
    && python -m compileall -q . \
    && chmod -R go+rX .

# Large sorts and backups take room on disk, not in the memory that is /tmp.
ENV SQLITE_TMPDIR=/data

USER quo-admin
CMD ["deploy/container", "web"]
