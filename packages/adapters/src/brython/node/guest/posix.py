"""The system's functions, as CPython has them in C, over those of Node; see system-functions.ts."""
import _tracemalloc_node as _node

error = OSError
environ = dict(_node.environ())

for _name, _value in _node.constants():
    globals()[_name] = _value
F_OK, R_OK, W_OK, X_OK = 0, 4, 2, 1
TMP_MAX = 238328
_have_functions = []


class _Record(tuple):
    """A tuple whose items have names, and perhaps more that only have names."""

    _names = ()
    _more = ()

    def __new__(cls, values, more=()):
        self = super().__new__(cls, values)
        for name, value in zip(cls._names, values):
            self.__dict__[name] = value
        for name, value in zip(cls._more, more):
            self.__dict__[name] = value
        return self

    def __setattr__(self, name, value):
        raise AttributeError('readonly attribute')

    def __repr__(self):
        fields = ', '.join(f'{name}={value!r}' for name, value in zip(self._names, self))
        return f'{type(self).__module__}.{type(self).__name__}({fields})'


class stat_result(_Record):
    _names = ('st_mode', 'st_ino', 'st_dev', 'st_nlink', 'st_uid', 'st_gid', 'st_size',
              'st_atime', 'st_mtime', 'st_ctime')
    _more = ('st_atime', 'st_mtime', 'st_ctime', 'st_atime_ns', 'st_mtime_ns', 'st_ctime_ns',
             'st_blksize', 'st_blocks', 'st_rdev')


class terminal_size(_Record):
    _names = ('columns', 'lines')


class uname_result(_Record):
    _names = ('sysname', 'nodename', 'release', 'version', 'machine')


class times_result(_Record):
    _names = ('user', 'system', 'children_user', 'children_system', 'elapsed')


for _class in (stat_result, terminal_size, uname_result, times_result):
    _class.__module__ = 'os' if _class in (stat_result, terminal_size) else 'posix'


def fspath(path):
    """The path of a path-like object as str or bytes."""
    if isinstance(path, (str, bytes)):
        return path
    kind = type(path)
    if not hasattr(kind, '__fspath__'):
        raise TypeError(f'expected str, bytes or os.PathLike object, not {kind.__name__}')
    name = kind.__fspath__(path)
    if isinstance(name, (str, bytes)):
        return name
    raise TypeError(f'expected {kind.__name__}.__fspath__() to return str or bytes, '
                    f'not {type(name).__name__}')


def _path(path):
    path = fspath(path)
    if (b'\0' if isinstance(path, bytes) else '\0') in path:
        raise ValueError('embedded null byte')
    return path


def _as_given(name, path):
    """A name of the system in the type that the program uses."""
    return _node.encode(name, 'utf-8', 'surrogateescape', False) if isinstance(path, bytes) else name


def stat(path, *, dir_fd=None, follow_symlinks=True):
    if isinstance(path, int):
        return fstat(path)
    return stat_result(*_node.stat(_path(path), follow_symlinks))


def lstat(path, *, dir_fd=None):
    return stat_result(*_node.stat(_path(path), False))


def fstat(fd):
    return stat_result(*_node.fstat(fd))


def access(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True):
    return _node.access(_path(path), mode)


def listdir(path=None):
    path = '.' if path is None else _path(path)
    return [_as_given(name, path) for name, _ in _node.scandir(path)]


class DirEntry:

    def __init__(self, folder, name, kind):
        slash = b'/' if isinstance(name, bytes) else '/'
        self.name = name
        self.path = folder + name if folder.endswith(slash) else folder + slash + name
        self._kind = kind

    def __fspath__(self):
        return self.path

    def __repr__(self):
        return f'<DirEntry {self.name!r}>'

    def _is(self, kind, follow_symlinks):
        if self._kind == 'link' and follow_symlinks:
            try:
                return _node.kind_of(self.path) == kind
            except OSError:
                return False
        return self._kind == kind

    def is_dir(self, *, follow_symlinks=True):
        return self._is('dir', follow_symlinks)

    def is_file(self, *, follow_symlinks=True):
        return self._is('file', follow_symlinks)

    def is_symlink(self):
        return self._kind == 'link'

    def is_junction(self):
        return False

    def stat(self, *, follow_symlinks=True):
        return stat(self.path, follow_symlinks=follow_symlinks)

    def inode(self):
        return lstat(self.path).st_ino


DirEntry.__module__ = 'posix'


class _Scan:
    """What scandir gives: an iterator that can be closed."""

    def __init__(self, path):
        self._entries = iter([DirEntry(path, _as_given(name, path), kind)
                              for name, kind in _node.scandir(path)])

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._entries)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        self._entries = iter(())


def scandir(path=None):
    return _Scan('.' if path is None else _path(path))


def mkdir(path, mode=0o777, *, dir_fd=None):
    _node.mkdir(_path(path), mode)


def rmdir(path, *, dir_fd=None):
    _node.rmdir(_path(path))


def unlink(path, *, dir_fd=None):
    _node.unlink(_path(path))


def remove(path, *, dir_fd=None):
    _node.unlink(_path(path))


def rename(src, dst, *, src_dir_fd=None, dst_dir_fd=None):
    _node.rename(_path(src), _path(dst))


replace = rename


def link(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=True):
    _node.link(_path(src), _path(dst))


def symlink(src, dst, target_is_directory=False, *, dir_fd=None):
    _node.symlink(_path(src), _path(dst))


def readlink(path, *, dir_fd=None):
    path = _path(path)
    return _as_given(_node.readlink(path), path)


def chmod(path, mode, *, dir_fd=None, follow_symlinks=True):
    _node.chmod(_path(path), mode)


def utime(path, times=None, *, ns=None, dir_fd=None, follow_symlinks=True):
    if ns is not None:
        times = (ns[0] / 1e9, ns[1] / 1e9)
    if times is None:
        import time
        times = (time.time(), time.time())
    _node.utime(_path(path), times[0], times[1])


def truncate(path, length):
    if isinstance(path, int):
        return ftruncate(path, length)
    fd = open(path, O_WRONLY)
    try:
        _node.truncate(fd, length)
    finally:
        close(fd)


def getcwd():
    return _node.getcwd()


def getcwdb():
    return _as_given(_node.getcwd(), b'')


def chdir(path):
    _node.chdir(_path(path))


def open(path, flags, mode=0o777, *, dir_fd=None):
    path = _path(path)
    fd = _node.open_file(path, flags, mode, path)
    if flags & O_APPEND:
        _node.append(fd)
    return fd


def close(fd):
    _node.close(fd)


def read(fd, length):
    return _node.read(fd, length)


def write(fd, data):
    if fd in (1, 2):
        return (_node.put_bytes if fd == 1 else _node.put_error_bytes)(data)
    return _node.write(fd, data)


def lseek(fd, position, whence):
    return _node.seek(fd, position, whence)


def ftruncate(fd, length):
    _node.truncate(fd, length)


def fsync(fd):
    _node.check(int(fd if isinstance(fd, int) else fd.fileno()))


fdatasync = fsync


def isatty(fd):
    return _node.isatty(fd)


def get_terminal_size(fd=1):
    return terminal_size(_node.terminal_size())


def urandom(size):
    return _node.urandom(size)


def getrandom(size, flags=0):
    return _node.urandom(size)


def strerror(code):
    return _node.strerror(code)


def getpid():
    return _node.getpid()


def getppid():
    return _node.getppid()


def getuid():
    return _node.getuid()


geteuid = getuid


def getgid():
    return _node.getgid()


getegid = getgid


def cpu_count():
    return _node.cpu_count()


def umask(mask):
    return _node.umask(mask)


def uname():
    return uname_result(_node.uname())


def times():
    return times_result(_node.times())


def putenv(name, value):
    pass


def unsetenv(name):
    pass


def _exit(status):
    _node.leave(status)


def _exit_status_of(name):
    """What a status of wait says: none ever comes from here, and others mean what they mean in C."""
    return {
        'WIFEXITED': lambda status: status & 0x7f == 0,
        'WEXITSTATUS': lambda status: status >> 8 & 0xff,
        'WIFSIGNALED': lambda status: 0 < status & 0x7f < 0x7f,
        'WTERMSIG': lambda status: status & 0x7f,
        'WIFSTOPPED': lambda status: status & 0xff == 0x7f,
        'WSTOPSIG': lambda status: status >> 8 & 0xff,
        'WCOREDUMP': lambda status: status & 0x80 != 0,
    }[name]


for _name in ('WIFEXITED', 'WEXITSTATUS', 'WIFSIGNALED', 'WTERMSIG', 'WIFSTOPPED', 'WSTOPSIG',
              'WCOREDUMP'):
    globals()[_name] = _exit_status_of(_name)
WNOHANG = 1


def _missing(name):
    def function(*args, **keywords):
        raise NotImplementedError(f'os.{name}: programs cannot start others here')
    function.__name__ = function.__qualname__ = name
    return function


for _name in ('system', 'execv', 'execve', 'waitpid', 'kill', 'pipe'):
    globals()[_name] = _missing(_name)

del _name, _value, _class
