"""Settings of each connection to PostgreSQL."""

import pytest
from django.db import connection

from tests.support.databases import only_postgresql


@only_postgresql
@pytest.mark.django_db
def test_queries_are_not_compiled() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
