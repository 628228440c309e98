"""What this tracemalloc has beside CPython's: labels, marks and limits for the running program."""
import _tracemalloc_host as _host

__all__ = ['label', 'limit', 'mark']

_end = object()


def _labelled(label, items):
    iterator = iter(items)
    while True:
        # No yield stands inside: Skulpt's generators do not come back to a with.
        with label:
            item = next(iterator, _end)
        if item is _end:
            return
        yield item


def _around(label, function):
    is_generator = _host.is_generator(function)

    def wrapper(*args, **keywords):
        if is_generator:
            return _labelled(label, function(*args, **keywords))
        with label:
            return function(*args, **keywords)
    for attribute in ('__module__', '__name__', '__qualname__', '__doc__'):
        try:
            setattr(wrapper, attribute, getattr(function, attribute))
        except (AttributeError, TypeError):
            pass
    return wrapper


class label:
    """Labels what is allocated: with label('parsing'): …, or @label('parsing') before a function.

    It holds in the code that asks for it and in all that this calls, also after an await or a yield,
    and in tasks and callbacks that are made there; not in whoever goes on meanwhile.
    """

    def __init__(self, name):
        _host.check_label(name)
        self.name = name

    def __repr__(self):
        return f'label({self.name!r})'

    def __enter__(self):
        _host.push_label(self.name)
        return self

    def __exit__(self, *error):
        _host.pop_label()
        return False

    def __call__(self, function):
        if _host.label_function(self.name, function):
            return function
        return _around(self, function)


def mark(name):
    """Names this moment in the time line, if one is recorded."""
    _host.mark(name)


def limit(size):
    """Bytes that may live together from now on: beyond, MemoryError. None: as many as whoever runs the program allows."""
    _host.limit(size)
