"""`{{ name|isolated }}`: for text from outside in a title or an attribute, where no <bdi> can hold it."""

from django import template

from numbers.vocabulary.bidi import isolated

register = template.Library()
register.filter("isolated", isolated)
