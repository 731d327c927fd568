"""Syncs, the only writer of the memory: the run, recording, removals, the log line and the demo's address."""
