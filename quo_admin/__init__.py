"""The project: settings, URLs and the WSGI application of Quo Admin.

The app is called `numbers`, and Python's standard library has a module of that name, which `decimal` and others
import. An own `numbers/__init__.py` would shadow it and nothing would start. So `numbers/` has none (a regular module
wins over a bare folder on the import path) and the standard module is lent our folder as its package path:
`numbers.Number` stays Python's, `numbers.models` is ours. Every way in (manage.py, gunicorn, pytest) imports this
package before it imports anything of the app.
"""

from pathlib import Path

import numbers

numbers.__path__ = [str(Path(__file__).resolve().parent.parent / "numbers")]

__version__ = "0.2.0"
