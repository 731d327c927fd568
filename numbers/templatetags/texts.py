"""Filters for text from outside. Every template can use them without loading them."""

from functools import partial

from django import template
from django.template.defaultfilters import truncatechars

from numbers.vocabulary.bidi import isolated

register = template.Library()
register.filter("isolated", isolated)  # for a title or an attribute, where no <bdi> can hold the text
register.filter("short_name", partial(truncatechars, arg=60), is_safe=True)  # of a number or a teammate
register.filter("short_word", partial(truncatechars, arg=40), is_safe=True)  # a word of Quo's: a group, a port, an id
