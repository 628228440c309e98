"""Warnings on standard error, each once."""
import sys

_seen = set()
_ignored = False


def warn(message, category=None, stacklevel=1, source=None):
    kind = category or (type(message) if isinstance(message, Warning) else UserWarning)
    text = kind.__name__ + ': ' + str(message)
    if not _ignored and text not in _seen:
        _seen.add(text)
        sys.stderr.write(text + '\n')


def filterwarnings(action, message='', category=None, module='', lineno=0, append=False):
    simplefilter(action)


def simplefilter(action, category=None, lineno=0, append=False):
    global _ignored
    _ignored = action == 'ignore'


def resetwarnings():
    simplefilter('default')


class catch_warnings(object):

    def __init__(self, record=False):
        self._record = record

    def __enter__(self):
        self._before = _ignored
        return [] if self._record else None

    def __exit__(self, *error):
        simplefilter('ignore' if self._before else 'default')
