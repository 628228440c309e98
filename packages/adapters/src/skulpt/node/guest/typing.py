"""Names for annotations, which the host does not evaluate: anything can be said of them, and nothing is checked."""

TYPE_CHECKING = False


class _Form(object):

    def __init__(self, name):
        self.__name__ = name
        self._name = name

    def __getitem__(self, parameters):
        if not isinstance(parameters, tuple):
            parameters = (parameters,)
        return _Form(self._name + '[' + ', '.join([_shown(each) for each in parameters]) + ']')

    def __or__(self, other):
        return _Form(_shown(self) + ' | ' + _shown(other))

    def __ror__(self, other):
        return _Form(_shown(other) + ' | ' + _shown(self))

    def __call__(self, *args, **keywords):
        raise TypeError('Cannot instantiate ' + repr(self))

    def __repr__(self):
        return 'typing.' + self._name


def _shown(each):
    if isinstance(each, _Form):
        return repr(each)
    return getattr(each, '__name__', None) or repr(each)


class _Base(object):
    """What a class can be based on: `Generic[T]`."""

    def __init__(self, base):
        self._base = base

    def __getitem__(self, parameters):
        return self._base


class _Generic(object):
    pass


Generic = _Base(_Generic)
Protocol = _Generic

Any = _Form('Any')
Union = _Form('Union')
Optional = _Form('Optional')
Callable = _Form('Callable')
List = _Form('List')
Dict = _Form('Dict')
Set = _Form('Set')
FrozenSet = _Form('FrozenSet')
Tuple = _Form('Tuple')
Type = _Form('Type')
Deque = _Form('Deque')
DefaultDict = _Form('DefaultDict')
Counter = _Form('Counter')
OrderedDict = _Form('OrderedDict')
Iterable = _Form('Iterable')
Iterator = _Form('Iterator')
Generator = _Form('Generator')
Sequence = _Form('Sequence')
MutableSequence = _Form('MutableSequence')
Mapping = _Form('Mapping')
MutableMapping = _Form('MutableMapping')
Collection = _Form('Collection')
Container = _Form('Container')
Hashable = _Form('Hashable')
Sized = _Form('Sized')
Literal = _Form('Literal')
Final = _Form('Final')
ClassVar = _Form('ClassVar')
NoReturn = _Form('NoReturn')
Never = _Form('Never')
Self = _Form('Self')
Annotated = _Form('Annotated')
TextIO = _Form('TextIO')
Text = str
AnyStr = _Form('AnyStr')
SupportsInt = _Form('SupportsInt')
SupportsFloat = _Form('SupportsFloat')


def TypeVar(name, *constraints, **options):
    return _Form(name)


def NewType(name, base):
    return lambda value: value


def cast(kind, value):
    return value


def overload(function):
    return function


def final(thing):
    return thing


def override(function):
    return function


def runtime_checkable(cls):
    return cls


def no_type_check(thing):
    return thing


def NamedTuple(name, fields):
    from collections import namedtuple
    return namedtuple(name, [field for field, kind in fields])
