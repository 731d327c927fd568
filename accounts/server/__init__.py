"""The management commands about accounts. A separate app, so that two of them override Django's commands."""
