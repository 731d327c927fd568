"""The project: settings, URLs and the WSGI application of Quo Admin.

The app is called `numbers`, like a module of Python's standard library that `decimal` and others import. A
`numbers/__init__.py` of ours would shadow it, and nothing would start. So `numbers/` has none (a regular module wins
over a bare folder on the import path), and our folder becomes the package path of the standard module:
`numbers.Number` stays Python's, `numbers.models` is ours. Every entry point (manage.py, gunicorn, pytest) imports this
package first.
"""

from pathlib import Path

import numbers

numbers.__path__ = [str(Path(__file__).resolve().parent.parent / "numbers")]

__version__ = "0.2.0"
