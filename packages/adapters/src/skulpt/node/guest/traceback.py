"""Exceptions as Python prints them. The host keeps lines of files, and no names of functions."""
import sys
import _tracemalloc_node


def format_exception(exc, value=None, tb=None, limit=None, chain=True):
    if value is None:
        value = exc
    return _tracemalloc_node.format_exception(value)


def format_exception_only(exc, value=None):
    return _tracemalloc_node.format_exception(exc if value is None else value)[-1:]


def format_tb(tb, limit=None):
    return _tracemalloc_node.format_exception(tb)[1:-1]


def print_exception(exc, value=None, tb=None, limit=None, file=None, chain=True):
    (file or sys.stderr).write(''.join(format_exception(exc, value)))


def format_exc(limit=None, chain=True):
    value = sys.exc_info()[1]
    return 'NoneType: None\n' if value is None else ''.join(format_exception(value))


def print_exc(limit=None, file=None, chain=True):
    (file or sys.stderr).write(format_exc())


def print_tb(tb, limit=None, file=None):
    (file or sys.stderr).write(''.join(format_tb(tb)))
