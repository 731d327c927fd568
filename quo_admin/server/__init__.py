"""The web server: gunicorn, so that clients who send or read slowly hold no thread."""
