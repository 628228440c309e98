"""Python's warnings, but for where they come from: Skulpt tells nobody who called."""
import re
import sys

filters = [
    ('ignore', None, PendingDeprecationWarning),
    ('ignore', None, ImportWarning),
    ('ignore', None, ResourceWarning),
]
_seen = set()


class WarningMessage(object):

    def __init__(self, message, category, filename='', lineno=0, file=None, line=None, source=None):
        self.message = message
        self.category = category
        self.filename = filename
        self.lineno = lineno
        self.file = file
        self.line = line
        self.source = source


def warn(message, category=None, stacklevel=1, source=None):
    if isinstance(message, Warning):
        category = type(message)
    elif category is None:
        category = UserWarning
    if not (isinstance(category, type) and issubclass(category, Warning)):
        raise TypeError("category must be a Warning subclass, not '%s'" % type(category).__name__)
    text = str(message)
    action = _action_of(text, category)
    key = (text, category)
    if action == 'ignore' or (action not in ('always', 'all', 'error') and key in _seen):
        return
    if not isinstance(message, Warning):
        message = category(message)
    if action == 'error':
        raise message
    _seen.add(key)
    _show(WarningMessage(message, category, source=source))


def _action_of(text, category):
    for action, pattern, kind in filters:
        if issubclass(category, kind) and (pattern is None or re.match(pattern, text)):
            return action
    return 'default'


def showwarning(message, category, filename, lineno, file=None, line=None):
    _write(WarningMessage(message, category, filename, lineno, file, line))


def _write(warning):
    (warning.file or sys.stderr).write(_format(warning))


_showwarning = showwarning


def _show(warning):
    if showwarning is _showwarning:
        _write(warning)
    else:
        showwarning(warning.message, warning.category, warning.filename, warning.lineno)


def formatwarning(message, category, filename, lineno, line=None):
    return _format(WarningMessage(message, category, filename, lineno, line=line))


def _format(warning):
    place = '%s:%s: ' % (warning.filename, warning.lineno) if warning.filename else ''
    name = warning.category.__name__
    text = '%s%s: %s\n' % (place, name, warning.message)
    if warning.line:
        text += '  %s\n' % warning.line.strip()
    if warning.source is None:
        return text
    try:
        import tracemalloc
    except ImportError:
        return text
    traceback = tracemalloc.get_object_traceback(warning.source)
    if traceback is not None:
        lines = ['Object allocated at (most recent call last):']
        for frame in traceback:
            lines.append('  File "%s", lineno %s' % (frame.filename, frame.lineno))
            # The line as the interpreter has it: the program may be in no file.
            for line in tracemalloc.Traceback(((frame.filename, frame.lineno),)).format()[1:]:
                lines.append(line)
        text += '\n'.join(lines) + '\n'
    elif not tracemalloc.is_tracing():
        text += '%s: Enable tracemalloc to get the object allocation traceback\n' % name
    return text


def filterwarnings(action, message='', category=Warning, module='', lineno=0, append=False):
    rule = (action, message or None, category)
    if append:
        filters.append(rule)
    else:
        filters.insert(0, rule)
    _seen.clear()


def simplefilter(action, category=Warning, lineno=0, append=False):
    filterwarnings(action, '', category, '', lineno, append)


def resetwarnings():
    del filters[:]


class catch_warnings(object):

    def __init__(self, record=False):
        self._record = record

    def __enter__(self):
        global _show
        self._before = (filters[:], _show)
        if not self._record:
            return None
        log = []
        _show = log.append
        return log

    def __exit__(self, *error):
        global _show
        filters[:] = self._before[0]
        _show = self._before[1]
        _seen.clear()
