import quo_admin  # noqa: F401 - before anything of `numbers`
