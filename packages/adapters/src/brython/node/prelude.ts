/** File name of the prelude, whose frames and allocations are nobody's business. */
export const preludeFile = '<tracemalloc prelude>';

/** Native module that the prelude stands on; see guest-files.ts. */
export const preludeModule = '_tracemalloc_node';

/**
 * Guest code that connects Brython to Node: standard streams and real files. A file's content is
 * kept in memory and written back by flush, by close and at the end of the program.
 */
export const prelude: string = `import _sys
import ${preludeModule} as _node

_unflushed = []

class _Stream:
    encoding = 'utf-8'
    errors = 'strict'
    closed = False
    def __init__(self, name, put):
        self.name = name
        self._put = put
    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._put(text)
        return len(text)
    def writelines(self, lines):
        for line in lines:
            self.write(line)
    def flush(self):
        pass
    def isatty(self):
        return False
    def fileno(self):
        return 1 if self.name == '<stdout>' else 2
    def writable(self):
        return True

class _Input:
    encoding = 'utf-8'
    name = '<stdin>'
    _rest = ''
    def readline(self, size=-1):
        line = self._rest or _node.read_line()
        end = len(line) if size is None or size < 0 else size
        self._rest = line[end:]
        return line[:end]
    def read(self, size=-1):
        if size is None or size < 0:
            return ''.join(self)
        text = ''
        while len(text) < size:
            piece = self.readline(size - len(text))
            if piece == '':
                break
            text += piece
        return text
    def readlines(self, hint=-1):
        return list(self)
    def __iter__(self):
        return self
    def __next__(self):
        line = self.readline()
        if line == '':
            raise StopIteration
        return line
    def isatty(self):
        return False

class _File:
    encoding = 'utf-8'
    def __init__(self, name, mode):
        kind = mode.replace('b', '').replace('t', '')
        if kind not in ('r', 'w', 'a', 'x', 'r+', 'w+', 'a+', 'x+') or ('b' in mode and 't' in mode):
            raise ValueError(f"invalid mode: '{mode}'")
        self.name = name
        self.mode = mode
        self.closed = False
        self._binary = 'b' in mode
        self._reads = kind[0] == 'r' or '+' in kind
        self._writes = kind != 'r'
        self._path = _path_of(name)
        self._data = self._load(kind[0])
        self._at = len(self._data) if kind[0] == 'a' else 0
        self._dirty = False
        if self._writes:
            _unflushed.append(self)
    def _load(self, kind):
        empty = b'' if self._binary else ''
        if kind in 'wx':
            _checked(_node.create(self._path, kind == 'x'), self.name)
            return empty
        if kind == 'a':
            _checked(_node.touch(self._path), self.name)
        if self._binary:
            return bytes(_checked(_node.read_bytes(self._path), self.name))
        return _checked(_node.read_text(self._path), self.name)
    def _check(self, allowed, what):
        if self.closed:
            raise ValueError('I/O operation on closed file.')
        if not allowed:
            import io
            raise io.UnsupportedOperation(f'not {what}')
    def read(self, size=-1):
        self._check(self._reads, 'readable')
        end = len(self._data) if size is None or size < 0 else self._at + size
        piece = self._data[self._at:end]
        self._at += len(piece)
        return piece
    def readline(self, size=-1):
        self._check(self._reads, 'readable')
        found = self._data.find(b'\\n' if self._binary else '\\n', self._at)
        end = len(self._data) if found < 0 else found + 1
        if size is not None and size >= 0:
            end = min(end, self._at + size)
        piece = self._data[self._at:end]
        self._at = end
        return piece
    def readlines(self, hint=-1):
        return list(self)
    def __iter__(self):
        self._check(self._reads, 'readable')
        return self
    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line
    def write(self, data):
        self._check(self._writes, 'writable')
        if self._binary:
            data = bytes(data)
        elif not isinstance(data, str):
            raise TypeError(f"write() argument must be str, not {type(data).__name__}")
        if 'a' in self.mode or self._at >= len(self._data):
            self._data += data
            self._at = len(self._data)
        else:
            self._data = self._data[:self._at] + data + self._data[self._at + len(data):]
            self._at += len(data)
        self._dirty = True
        return len(data)
    def writelines(self, lines):
        for line in lines:
            self.write(line)
    def seek(self, offset, whence=0):
        self._check(True, '')
        self._at = max(0, offset + (0 if whence == 0 else self._at if whence == 1 else len(self._data)))
        return self._at
    def tell(self):
        return self._at
    def truncate(self, size=None):
        self._check(self._writes, 'writable')
        self._data = self._data[:self._at if size is None else size]
        self._dirty = True
        return len(self._data)
    def flush(self):
        if self._dirty:
            self._dirty = False
            if self._binary:
                _checked(_node.write_bytes(self._path, list(self._data)), self.name)
            else:
                _checked(_node.write_text(self._path, self._data), self.name)
    def close(self):
        if not self.closed:
            self.flush()
            self.closed = True
            if self in _unflushed:
                _unflushed.remove(self)
    def readable(self):
        return self._reads
    def writable(self):
        return self._writes
    def seekable(self):
        return True
    def isatty(self):
        return False
    def __enter__(self):
        self._check(True, '')
        return self
    def __exit__(self, *error):
        self.close()

def _path_of(name):
    if hasattr(name, '__fspath__'):
        name = name.__fspath__()
    if isinstance(name, bytes):
        name = name.decode()
    if not isinstance(name, str):
        raise TypeError(f'expected str, bytes or os.PathLike object, not {type(name).__name__}')
    return name

def _checked(result, name):
    if not isinstance(result, tuple):
        return result
    number, text = result
    kinds = {1: PermissionError, 2: FileNotFoundError, 13: PermissionError, 17: FileExistsError,
             20: NotADirectoryError, 21: IsADirectoryError}
    error = kinds.get(number, OSError)(f'[Errno {number}] {text}: {name!r}')
    error.errno = number
    error.strerror = text
    error.filename = name
    raise error

def open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None):
    return _File(file, mode)

def input(prompt=''):
    if prompt != '':
        _sys.stdout.write(str(prompt))
    line = stdin.readline()
    if line == '':
        raise EOFError('EOF when reading a line')
    return line[:-1] if line.endswith('\\n') else line

class _Quitter:
    def __init__(self, name):
        self._name = name
    def __repr__(self):
        return f'Use {self._name}() or Ctrl-D (i.e. EOF) to exit'
    def __call__(self, code=None):
        raise SystemExit(code)

exit = _Quitter('exit')
quit = _Quitter('quit')

def flush_files():
    for file in list(_unflushed):
        file.flush()

stdin = _Input()
_sys.stdout = _Stream('<stdout>', _node.put_out)
_sys.stderr = _Stream('<stderr>', _node.put_error)
`;
