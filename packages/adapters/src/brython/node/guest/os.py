"""The system's functions and what Python builds of them."""
import abc
import sys
import posix
from posix import *
from posix import _exit
import posixpath as path

sys.modules['os.path'] = path
from os.path import curdir, pardir, sep, pathsep, defpath, extsep, altsep, devnull

GenericAlias = type(list[int])

error = OSError
name = 'posix'
linesep = '\n'
SEEK_SET, SEEK_CUR, SEEK_END = 0, 1, 2

supports_bytes_environ = True
supports_dir_fd = set()
supports_effective_ids = set()
supports_fd = {posix.stat, posix.truncate}
supports_follow_symlinks = {posix.stat}


class _Environ(dict):
    """Variables of the environment: only str goes in."""

    def _checked(self, value):
        if not isinstance(value, str):
            raise TypeError(f'str expected, not {type(value).__name__}')
        return value

    def __setitem__(self, key, value):
        super().__setitem__(self._checked(key), self._checked(value))

    def setdefault(self, key, value=None):
        if key not in self:
            self[key] = value
        return self[key]

    def copy(self):
        return dict(self)

    def __repr__(self):
        return f'environ({dict.__repr__(self)})'


environ = _Environ(posix.environ)
environb = {posix._as_given(key, b''): posix._as_given(value, b'') for key, value in environ.items()}


def getenv(key, default=None):
    return environ.get(key, default)


def getenvb(key, default=None):
    return environb.get(key, default)


def fsencode(filename):
    filename = fspath(filename)
    return filename if isinstance(filename, bytes) else posix._as_given(filename, b'')


def fsdecode(filename):
    filename = fspath(filename)
    if isinstance(filename, str):
        return filename
    return posix._node.decode(filename, 'utf-8', 'surrogateescape')


class PathLike(abc.ABC):
    """What has a path of the file system."""

    __slots__ = ()

    @abc.abstractmethod
    def __fspath__(self):
        raise NotImplementedError

    @classmethod
    def __subclasshook__(cls, subclass):
        if cls is PathLike:
            return hasattr(subclass, '__fspath__')
        return NotImplemented

    __class_getitem__ = classmethod(GenericAlias)


PathLike.register(DirEntry)


def makedirs(name, mode=0o777, exist_ok=False):
    head, tail = path.split(name)
    if not tail:
        head, tail = path.split(head)
    if head and tail and not path.exists(head):
        try:
            makedirs(head, exist_ok=exist_ok)
        except FileExistsError:
            pass
        if tail == (curdir if isinstance(tail, str) else b'.'):
            return
    try:
        mkdir(name, mode)
    except OSError:
        if not exist_ok or not path.isdir(name):
            raise


def removedirs(name):
    rmdir(name)
    head, tail = path.split(name)
    if not tail:
        head, tail = path.split(head)
    while head and tail:
        try:
            rmdir(head)
        except OSError:
            break
        head, tail = path.split(head)


def renames(old, new):
    head, tail = path.split(new)
    if head and tail and not path.exists(head):
        makedirs(head)
    rename(old, new)
    head, tail = path.split(old)
    if head and tail:
        try:
            removedirs(head)
        except OSError:
            pass


def walk(top, topdown=True, onerror=None, followlinks=False):
    top = fspath(top)
    try:
        entries = list(scandir(top))
    except OSError as error:
        if onerror is not None:
            onerror(error)
        return
    folders = [entry.name for entry in entries if entry.is_dir()]
    others = [entry.name for entry in entries if not entry.is_dir()]
    if topdown:
        yield top, folders, others
    for folder in folders:
        below = path.join(top, folder)
        if followlinks or not path.islink(below):
            yield from walk(below, topdown, onerror, followlinks)
    if not topdown:
        yield top, folders, others


def fdopen(fd, mode='r', buffering=-1, encoding=None, *args, **keywords):
    if not isinstance(fd, int):
        raise TypeError(f'invalid fd type ({type(fd)}, expected integer)')
    import io
    return io.open(fd, mode, buffering, encoding, *args, **keywords)


def get_exec_path(env=None):
    return (environ if env is None else env).get('PATH', defpath).split(pathsep)


def popen(command, mode='r', buffering=-1):
    raise NotImplementedError('os.popen: programs cannot start others here')


def process_cpu_count():
    return cpu_count()


def waitstatus_to_exitcode(status):
    return status >> 8


def _get_exports_list(module):
    try:
        return list(module.__all__)
    except AttributeError:
        return [name for name in dir(module) if name[0] != '_']
