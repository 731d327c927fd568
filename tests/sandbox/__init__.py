import quo_admin  # noqa: F401
