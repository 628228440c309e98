"""Functions of functions."""

WRAPPER_ASSIGNMENTS = ('__module__', '__name__', '__qualname__', '__doc__')
WRAPPER_UPDATES = ('__dict__',)
_missing = object()


def update_wrapper(wrapper, wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    for name in assigned:
        value = getattr(wrapped, name, _missing)
        if value is not _missing:
            try:
                setattr(wrapper, name, value)
            except (AttributeError, TypeError):
                pass
    for name in updated:
        for key, value in list(getattr(wrapped, name, {}).items()):
            setattr(wrapper, key, value)
    wrapper.__wrapped__ = wrapped
    return wrapper


def wraps(wrapped, assigned=WRAPPER_ASSIGNMENTS, updated=WRAPPER_UPDATES):
    def decorate(wrapper):
        return update_wrapper(wrapper, wrapped, assigned, updated)
    return decorate


def reduce(function, iterable, initial=_missing):
    items = iter(iterable)
    if initial is _missing:
        try:
            value = next(items)
        except StopIteration:
            raise TypeError('reduce() of empty iterable with no initial value')
    else:
        value = initial
    for item in items:
        value = function(value, item)
    return value


class partial(object):

    def __init__(self, func, *args, **keywords):
        if not callable(func):
            raise TypeError('the first argument must be callable')
        if isinstance(func, partial):
            args = func.args + args
            merged = dict(func.keywords)
            merged.update(keywords)
            keywords = merged
            func = func.func
        self.func = func
        self.args = args
        self.keywords = keywords

    def __call__(self, *args, **keywords):
        merged = dict(self.keywords)
        merged.update(keywords)
        return self.func(*(self.args + args), **merged)

    def __repr__(self):
        parts = [repr(self.func)] + [repr(arg) for arg in self.args]
        parts += [name + '=' + repr(value) for name, value in self.keywords.items()]
        return 'functools.partial(' + ', '.join(parts) + ')'


def cmp_to_key(compare):
    class K(object):

        def __init__(self, obj):
            self.obj = obj

        def __lt__(self, other):
            return compare(self.obj, other.obj) < 0

        def __gt__(self, other):
            return compare(self.obj, other.obj) > 0

        def __eq__(self, other):
            return compare(self.obj, other.obj) == 0

        def __le__(self, other):
            return compare(self.obj, other.obj) <= 0

        def __ge__(self, other):
            return compare(self.obj, other.obj) >= 0
    return K


def _defines(cls, name):
    for base in cls.__mro__:
        if base is not object and name in base.__dict__:
            return True
    return False


def total_ordering(cls):
    if _defines(cls, '__lt__'):
        added = {
            '__gt__': lambda self, other: not (self < other) and self != other,
            '__le__': lambda self, other: self < other or self == other,
            '__ge__': lambda self, other: not self < other,
        }
    elif _defines(cls, '__le__'):
        added = {
            '__ge__': lambda self, other: not self <= other or self == other,
            '__lt__': lambda self, other: self <= other and self != other,
            '__gt__': lambda self, other: not self <= other,
        }
    elif _defines(cls, '__gt__'):
        added = {
            '__lt__': lambda self, other: not (self > other) and self != other,
            '__ge__': lambda self, other: self > other or self == other,
            '__le__': lambda self, other: not self > other,
        }
    elif _defines(cls, '__ge__'):
        added = {
            '__le__': lambda self, other: not self >= other or self == other,
            '__gt__': lambda self, other: self >= other and self != other,
            '__lt__': lambda self, other: not self >= other,
        }
    else:
        raise ValueError('must define at least one ordering operation: < > <= >=')
    for name, function in added.items():
        if not _defines(cls, name):
            function.__name__ = name
            setattr(cls, name, function)
    return cls


class _CacheInfo(tuple):

    hits = property(lambda self: self[0])
    misses = property(lambda self: self[1])
    maxsize = property(lambda self: self[2])
    currsize = property(lambda self: self[3])

    def __repr__(self):
        return 'CacheInfo(hits=%r, misses=%r, maxsize=%r, currsize=%r)' % tuple(self)


_mark = object()


def _key_of(args, keywords, typed):
    key = args
    if keywords:
        key += (_mark,)
        for item in keywords.items():
            key += item
    if typed:
        key += tuple([type(arg) for arg in args])
        key += tuple([type(value) for value in keywords.values()])
    return key


class _Cached(object):
    """A function, and the results of its last calls: the oldest use comes first."""

    def __init__(self, function, maxsize, typed):
        self._function = function
        self._maxsize = maxsize
        self._typed = typed
        self.cache_clear()
        update_wrapper(self, function)

    def __call__(self, *args, **keywords):
        key = _key_of(args, keywords, self._typed)
        results = self._results
        found = results.get(key, _missing)
        if found is not _missing:
            self._hits += 1
            if self._maxsize is not None:
                del results[key]
                results[key] = found
            return found
        self._misses += 1
        result = self._function(*args, **keywords)
        if self._maxsize == 0:
            return result
        results.pop(key, None)
        if self._maxsize is not None and len(results) >= self._maxsize:
            del results[next(iter(results))]
        results[key] = result
        return result

    def __get__(self, instance, owner=None):
        return self if instance is None else partial(self, instance)

    def cache_info(self):
        return _CacheInfo((self._hits, self._misses, self._maxsize, len(self._results)))

    def cache_clear(self):
        self._results = {}
        self._hits = 0
        self._misses = 0

    def cache_parameters(self):
        return {'maxsize': self._maxsize, 'typed': self._typed}

    def __repr__(self):
        return repr(self._function)


def lru_cache(maxsize=128, typed=False):
    if callable(maxsize):
        return _Cached(maxsize, 128, typed)
    if maxsize is not None and maxsize < 0:
        maxsize = 0

    def decorate(function):
        return _Cached(function, maxsize, typed)
    return decorate


def cache(function):
    return _Cached(function, None, False)


class cached_property(object):

    def __init__(self, func):
        self.func = func
        self.attrname = func.__name__

    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        value = self.func(instance)
        instance.__dict__[self.attrname] = value
        return value


def singledispatch(func):
    registry = {object: func}

    def dispatch(cls):
        for base in cls.__mro__:
            if base in registry:
                return registry[base]
        return func

    def register(cls, implementation=None):
        if implementation is None:
            return lambda implementation: register(cls, implementation)
        registry[cls] = implementation
        return implementation

    def wrapper(*args, **keywords):
        return dispatch(type(args[0]))(*args, **keywords)
    wrapper.register = register
    wrapper.dispatch = dispatch
    wrapper.registry = registry
    return update_wrapper(wrapper, func)
