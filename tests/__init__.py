"""The tests. Importing the project first lends `numbers` its folder."""

import quo_admin  # noqa: F401 - sets the path of the package `numbers`
