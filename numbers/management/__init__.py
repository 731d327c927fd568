"""Commands: sync, doctor, verify, backup, restore, run."""
