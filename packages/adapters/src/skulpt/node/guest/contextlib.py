"""Helpers for the statement `with`. A generator is told of an exception where the host's generators can be."""
import sys


class AbstractContextManager(object):

    def __enter__(self):
        return self

    def __exit__(self, kind, value, traceback):
        return None


class _GeneratorContext(object):

    def __init__(self, function, args, keywords):
        self._generator = function(*args, **keywords)

    def __enter__(self):
        try:
            return next(self._generator)
        except StopIteration:
            raise RuntimeError("generator didn't yield")

    def __exit__(self, kind, value, traceback):
        if kind is None:
            try:
                next(self._generator)
            except StopIteration:
                return False
            raise RuntimeError("generator didn't stop")
        if not hasattr(self._generator, 'throw'):
            return False
        try:
            self._generator.throw(kind, value)
        except StopIteration as stop:
            return stop is not value
        except BaseException as error:
            if error is value:
                return False
            raise error
        raise RuntimeError("generator didn't stop after throw()")


def contextmanager(func):
    def helper(*args, **keywords):
        return _GeneratorContext(func, args, keywords)
    helper.__name__ = func.__name__
    helper.__doc__ = func.__doc__
    return helper


class closing(AbstractContextManager):

    def __init__(self, thing):
        self.thing = thing

    def __enter__(self):
        return self.thing

    def __exit__(self, kind, value, traceback):
        self.thing.close()


class suppress(AbstractContextManager):

    def __init__(self, *exceptions):
        self._exceptions = exceptions

    def __enter__(self):
        pass

    def __exit__(self, kind, value, traceback):
        return kind is not None and issubclass(kind, self._exceptions)


class nullcontext(AbstractContextManager):

    def __init__(self, enter_result=None):
        self.enter_result = enter_result

    def __enter__(self):
        return self.enter_result


class ExitStack(AbstractContextManager):

    def __init__(self):
        self._exits = []

    def enter_context(self, manager):
        value = manager.__enter__()
        self._exits.append(manager.__exit__)
        return value

    def push(self, exit):
        self._exits.append(getattr(exit, '__exit__', exit))
        return exit

    def callback(self, func, *args, **keywords):
        self._exits.append(lambda *error: func(*args, **keywords) and None)
        return func

    def pop_all(self):
        other = ExitStack()
        other._exits, self._exits = self._exits, []
        return other

    def close(self):
        self.__exit__(None, None, None)

    def __exit__(self, kind, value, traceback):
        error = value
        while self._exits:
            try:
                if self._exits.pop()(None if error is None else type(error), error, None):
                    error = None
            except BaseException as newer:
                error = newer
        if error is not None and error is not value:
            raise error
        return value is not None and error is None
