"""Random sequences of answers, heard by the memory and by a model so naive that it can be seen to be right."""

import pytest

from tests.support.conversation import Conversation, converse


@pytest.mark.django_db
def test_the_memory_agrees_with_a_naive_model_whatever_quo_says_in_whatever_order() -> None:
    converse(Conversation, times=60, steps=25)
