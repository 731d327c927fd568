"""The tests. Importing the project first lends `numbers` its folder."""

import quo_admin
