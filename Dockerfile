# Quo Admin in a container. docs/containers.md says how to run it.
FROM python:3.13-slim

RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin quo-admin \
    && install --directory --owner=quo-admin --group=quo-admin --mode=700 /data

WORKDIR /app

COPY requirements.txt .
RUN pip install --require-hashes --no-cache-dir -r requirements.txt

# .dockerignore lists what is copied.
COPY . .

# Write generated files now, because the file system is read-only at run time. The chmod helps if only the owner can read
# the checkout.
RUN export DATA_DIR="$(mktemp -d)" \
    && python -m quo_admin.prepare \
    && python manage.py collect \
    && rm -r "$DATA_DIR" \
    && python -m compileall -q . \
    && chmod -R go+rX .

# Large sorts and backups need temporary files. /tmp is in memory, so use the disk.
ENV SQLITE_TMPDIR=/data

USER quo-admin
CMD ["deploy/container", "web"]
