"""The system, over Node's: files, folders, and the environment."""
import _tracemalloc_node
import os.path
from os.path import curdir, pardir, sep, altsep, extsep, pathsep, defpath, devnull

name = 'posix'
linesep = '\n'
error = OSError
F_OK, R_OK, W_OK, X_OK = 0, 4, 2, 1


class _Environ(object):
    """A copy of the environment: what a program changes in it is its own."""

    def __init__(self, values):
        self._values = values

    def __getitem__(self, key):
        return self._values[key]

    def __setitem__(self, key, value):
        if not isinstance(value, str):
            raise TypeError('str expected, not ' + type(value).__name__)
        self._values[key] = value

    def __delitem__(self, key):
        del self._values[key]

    def __contains__(self, key):
        return key in self._values

    def __iter__(self):
        return iter(self._values)

    def __len__(self):
        return len(self._values)

    def __repr__(self):
        return 'environ(' + repr(self._values) + ')'

    def get(self, key, default=None):
        return self._values.get(key, default)

    def setdefault(self, key, value):
        return self._values.setdefault(key, value)

    def pop(self, key, *default):
        return self._values.pop(key, *default)

    def update(self, other):
        self._values.update(other)

    def copy(self):
        return dict(self._values)

    def keys(self):
        return self._values.keys()

    def values(self):
        return self._values.values()

    def items(self):
        return self._values.items()


environ = _Environ(_tracemalloc_node.environ())


def getenv(key, default=None):
    return environ.get(key, default)


def getcwd():
    return _tracemalloc_node.cwd()


def getpid():
    return _tracemalloc_node.pid()


def cpu_count():
    return _tracemalloc_node.cpu_count()


def listdir(path='.'):
    return _tracemalloc_node.listdir(path)


def mkdir(path, mode=511):
    _tracemalloc_node.mkdir(path)


def makedirs(name, mode=511, exist_ok=False):
    head, tail = os.path.split(name)
    if not tail:
        head, tail = os.path.split(head)
    if head and tail and not os.path.exists(head):
        makedirs(head, mode, True)
    if exist_ok and os.path.isdir(name):
        return
    mkdir(name, mode)


def rmdir(path):
    _tracemalloc_node.rmdir(path)


def remove(path):
    _tracemalloc_node.remove(path)


unlink = remove


def rename(source, target):
    _tracemalloc_node.rename(source, target)


replace = rename


def fspath(path):
    if isinstance(path, str):
        return path
    if hasattr(path, '__fspath__'):
        return path.__fspath__()
    raise TypeError('expected str, bytes or os.PathLike object, not ' + type(path).__name__)


def walk(top, topdown=True, onerror=None, followlinks=False):
    folders = []
    files = []
    try:
        names = listdir(top)
    except OSError as error:
        if onerror is not None:
            onerror(error)
        return
    for each in names:
        (folders if os.path.isdir(os.path.join(top, each)) else files).append(each)
    if topdown:
        yield top, folders, files
    for each in folders:
        for found in walk(os.path.join(top, each), topdown, onerror, followlinks):
            yield found
    if not topdown:
        yield top, folders, files


def get_terminal_size(fallback=(80, 24)):
    return fallback


def urandom(size):
    return bytes(_tracemalloc_node.random_bytes(size))


def system(command):
    raise NotImplementedError('os.system: programs cannot start others here')
