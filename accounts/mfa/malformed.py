"""What the parsers of JSON, CBOR and keys raise for malformed credentials."""

import struct

MALFORMED = (ValueError, TypeError, LookupError, AttributeError, NotImplementedError, ArithmeticError, struct.error)
