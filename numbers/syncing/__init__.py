"""Syncs, the only writer of what is remembered: the run, the recording, the log line, the demo's address."""
