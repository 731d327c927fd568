"""Compares the memory after random sequences of answers with a model that is obviously correct."""

import pytest

from tests.support.conversation import Conversation, converse


@pytest.mark.django_db
def test_the_memory_agrees_with_a_naive_model_after_any_answers() -> None:
    converse(Conversation, times=60, steps=25)
