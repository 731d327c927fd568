"""How Django writes dates in English; read through FORMAT_MODULE_PATH."""

DATETIME_FORMAT = "M j, Y, g:i A"
