"""Abstract base classes. Skulpt calls no metaclass: `class A(ABC)` is checked, `metaclass=ABCMeta` is not."""


def abstractmethod(function):
    function.__isabstractmethod__ = True
    return function


class ABCMeta(type):
    pass


def _is_abstract(member):
    for name in ('fget', '__func__'):
        member = getattr(member, name, member)
    return getattr(member, '__isabstractmethod__', False)


def _abstract_names(cls):
    names = []
    for base in cls.__mro__:
        for name, member in list(base.__dict__.items()):
            if name in names or not _is_abstract(member):
                continue
            for defined in cls.__mro__:
                if name in defined.__dict__:
                    if _is_abstract(defined.__dict__[name]):
                        names.append(name)
                    break
    return sorted(names)


class ABC(object):

    def __new__(cls, *args, **keywords):
        names = _abstract_names(cls)
        if names:
            quoted = ', '.join(["'" + name + "'" for name in names])
            raise TypeError("Can't instantiate abstract class " + cls.__name__ +
                            ' without an implementation for abstract method' +
                            ('s ' if len(names) > 1 else ' ') + quoted)
        return object.__new__(cls)
