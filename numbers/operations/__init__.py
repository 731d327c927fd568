"""Running Quo Admin: backups, invariants, the doctor, readiness, metrics, settings, the server."""
