import quo_admin  # noqa: F401 - sets the path of the package `numbers`
