"""Files and streams of the program: what CPython has in C, over the files of Node.

What decodes, encodes and finds lines is in the host; see file-functions.ts.
"""
import _tracemalloc_node as _node
from _io_classes import BytesIO, StringIO

DEFAULT_BUFFER_SIZE = 8192
SEEK_SET = 0
SEEK_CUR = 1
SEEK_END = 2

# As the host's fs has them.
_RDONLY, _WRONLY, _RDWR, _CREAT, _EXCL, _TRUNC, _APPEND, _CLOEXEC = _node.flags()

# Writers, to be flushed when the program ends, as CPython's are when they are collected.
_writers = []


BlockingIOError = BlockingIOError


class UnsupportedOperation(OSError, ValueError):
    pass


UnsupportedOperation.__module__ = 'io'


class _IOBase:
    """What all streams can do."""

    _is_closed = False

    def _unsupported(self, name):
        raise UnsupportedOperation(name)

    def _check(self, message='I/O operation on closed file.'):
        if self.closed:
            raise ValueError(message)

    _checkClosed = _check

    @property
    def closed(self):
        return self._is_closed

    def close(self):
        if not self._is_closed:
            try:
                self.flush()
            finally:
                self._is_closed = True

    def flush(self):
        self._check()

    def fileno(self):
        self._unsupported('fileno')

    def isatty(self):
        self._check()
        return False

    def readable(self):
        return False

    def writable(self):
        return False

    def seekable(self):
        return False

    def seek(self, offset, whence=0, /):
        self._unsupported('seek')

    def tell(self):
        return self.seek(0, 1)

    def truncate(self, size=None, /):
        self._unsupported('truncate')

    def readline(self, size=-1, /):
        line = []
        length = 0
        while size is None or size < 0 or length < size:
            byte = self.read(1)
            if not byte:
                break
            line.append(byte)
            length += 1
            if byte == b'\n':
                break
        return b''.join(line)

    def readlines(self, hint=-1, /):
        lines = []
        length = 0
        for line in self:
            lines.append(line)
            length += len(line)
            if hint is not None and 0 < hint <= length:
                break
        return lines

    def writelines(self, lines, /):
        self._check()
        for line in lines:
            self.write(line)

    def __iter__(self):
        self._check()
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, *error):
        self.close()


class _RawIOBase(_IOBase):

    def read(self, size=-1, /):
        if size is None or size < 0:
            return self.readall()
        buffer = bytearray(size)
        count = self.readinto(buffer)
        return None if count is None else bytes(buffer[:count])

    def readall(self):
        parts = []
        while True:
            part = self.read(DEFAULT_BUFFER_SIZE)
            if not part:
                return b''.join(parts) if parts else part
            parts.append(part)

    def readinto(self, buffer, /):
        self._unsupported('readinto')

    def write(self, data, /):
        self._unsupported('write')


class _BufferedIOBase(_IOBase):

    def read(self, size=-1, /):
        self._unsupported('read')

    def read1(self, size=-1, /):
        self._unsupported('read1')

    def readinto(self, buffer, /):
        data = self.read(len(buffer))
        buffer[:len(data)] = data
        return len(data)

    def readinto1(self, buffer, /):
        data = self.read1(len(buffer))
        buffer[:len(data)] = data
        return len(data)

    def write(self, data, /):
        self._unsupported('write')

    def detach(self):
        self._unsupported('detach')


class _TextIOBase(_IOBase):

    encoding = None
    errors = None
    newlines = None

    def read(self, size=-1, /):
        self._unsupported('read')

    def readline(self, size=-1, /):
        self._unsupported('readline')

    def write(self, text, /):
        self._unsupported('write')

    def detach(self):
        self._unsupported('detach')


def _name_of(file):
    """The name of a file as str or bytes."""
    if isinstance(file, (str, bytes)):
        return file
    if hasattr(type(file), '__fspath__'):
        name = type(file).__fspath__(file)
        if isinstance(name, (str, bytes)):
            return name
        raise TypeError(f'expected {type(file).__name__}.__fspath__() to return str or bytes, '
                        f'not {type(name).__name__}')
    raise TypeError(f'expected str, bytes or os.PathLike object, not {type(file).__name__}')


def _path_of(name):
    """The path of a file for the host."""
    if isinstance(name, bytes):
        name = _node.decode(name, 'utf-8', 'surrogateescape')
    if '\0' in name:
        raise ValueError('embedded null byte')
    return name


class FileIO(_RawIOBase):
    """A file of the system, without a buffer."""

    _fd = -1

    def __init__(self, file, mode='r', closefd=True, opener=None):
        kinds = [kind for kind in mode if kind in 'rwax']
        if any(kind not in 'rwaxb+' for kind in mode):
            raise ValueError(f'invalid mode: {mode}')
        if len(kinds) != 1 or mode.count('+') > 1:
            raise ValueError('Must have exactly one of create/read/write/append mode '
                             'and at most one plus')
        kind = kinds[0]
        self._reads = kind == 'r' or '+' in mode
        self._writes = kind != 'r' or '+' in mode
        self._kind = kind
        self.closefd = closefd
        flags = _RDWR if self._reads and self._writes else _WRONLY if self._writes else _RDONLY
        flags |= {'r': 0, 'w': _CREAT | _TRUNC, 'a': _CREAT | _APPEND, 'x': _CREAT | _EXCL}[kind]
        if isinstance(file, int):
            if file < 0:
                raise ValueError('negative file descriptor')
            self.name = file
            self._fd = int(file)
            _node.check(self._fd)
        else:
            if not closefd:
                raise ValueError('Cannot use closefd=False with file name')
            self.name = _name_of(file)
            path = _path_of(self.name)
            if opener is None:
                self._fd = _node.open_file(path, flags, 0o666, self.name)
            else:
                self._fd = opener(file, flags | _CLOEXEC)
                if not isinstance(self._fd, int):
                    raise TypeError('expected integer from opener')
                if self._fd < 0:
                    raise ValueError(f'opener returned {self._fd}')
        if kind == 'a':
            _node.append(self._fd)

    @property
    def mode(self):
        if self._kind == 'x':
            return 'xb+' if self._reads else 'xb'
        if self._kind == 'a':
            return 'ab+' if self._reads else 'ab'
        return 'rb+' if self._reads and self._writes else 'rb' if self._reads else 'wb'

    def __repr__(self):
        if self.closed:
            return '<_io.FileIO [closed]>'
        return f'<_io.FileIO name={self.name!r} mode={self.mode!r} closefd={self.closefd}>'

    def _check_reads(self):
        self._check()
        if not self._reads:
            raise UnsupportedOperation('File not open for reading')

    def read(self, size=-1, /):
        self._check_reads()
        if size is None or size < 0:
            return self.readall()
        return _node.read(self._fd, size)

    def readall(self):
        self._check_reads()
        return _node.read_all(self._fd)

    def readinto(self, buffer, /):
        data = self.read(len(buffer))
        buffer[:len(data)] = data
        return len(data)

    def write(self, data, /):
        self._check()
        if not self._writes:
            raise UnsupportedOperation('File not open for writing')
        return _node.write(self._fd, data)

    def seek(self, offset, whence=0, /):
        self._check()
        return _node.seek(self._fd, offset, whence)

    def tell(self):
        return self.seek(0, 1)

    def truncate(self, size=None, /):
        self._check()
        if not self._writes:
            raise UnsupportedOperation('File not open for writing')
        if size is None:
            size = self.tell()
        _node.truncate(self._fd, size)
        return size

    def close(self):
        if not self._is_closed:
            self._is_closed = True
            if self.closefd:
                _node.close(self._fd)

    def fileno(self):
        self._check()
        return self._fd

    def isatty(self):
        self._check()
        return _node.isatty(self._fd)

    def seekable(self):
        self._check()
        return _node.seekable(self._fd)

    def readable(self):
        self._check()
        return self._reads

    def writable(self):
        self._check()
        return self._writes


class _Buffered(_BufferedIOBase):
    """What readers and writers over a raw stream share."""

    def __init__(self, raw, buffer_size=DEFAULT_BUFFER_SIZE):
        if buffer_size <= 0:
            raise ValueError('invalid buffer size')
        self._raw = raw
        self._size = buffer_size
        # Read ahead, and where in it the reader stands.
        self._ahead = b''
        self._at = 0
        self._pending = []
        self._pending_size = 0

    @property
    def raw(self):
        if self._raw is None:
            raise ValueError('raw stream has been detached')
        return self._raw

    @property
    def closed(self):
        return self.raw.closed

    @property
    def name(self):
        return self.raw.name

    @property
    def mode(self):
        return self.raw.mode

    def __repr__(self):
        kind = type(self).__name__
        try:
            return f'<_io.{kind} name={self.name!r}>'
        except AttributeError:
            return f'<_io.{kind}>'

    def detach(self):
        self.flush()
        raw = self.raw
        self._raw = None
        return raw

    def close(self):
        if self._raw is not None and not self.closed:
            try:
                self.flush()
            finally:
                self.raw.close()
        if self in _writers:
            _writers.remove(self)

    def fileno(self):
        return self.raw.fileno()

    def isatty(self):
        return self.raw.isatty()

    def seekable(self):
        return self.raw.seekable()

    def readable(self):
        return self.raw.readable()

    def writable(self):
        return self.raw.writable()

    # Reading.

    def _check_reads(self, what):
        self._check(f'{what} of closed file')
        if not self.raw.readable():
            raise UnsupportedOperation(what)
        if self._pending:
            self.flush()

    def _fill(self, size):
        """Reads ahead; False at the end of the file."""
        data = self.raw.read(size)
        if not data:
            return False
        self._ahead = self._ahead[self._at:] + data
        self._at = 0
        return True

    def _take(self, size):
        if self._at == 0 and size >= len(self._ahead):
            data, self._ahead = self._ahead, b''
            return data
        data = self._ahead[self._at:self._at + size]
        self._at += len(data)
        return data

    def read(self, size=-1, /):
        if size is not None and size < -1:
            raise ValueError('read length must be non-negative or -1')
        self._check_reads('read')
        if size is None or size < 0:
            rest = self._take(len(self._ahead))
            data = self.raw.readall() if hasattr(self.raw, 'readall') else self.raw.read()
            return rest + data if data else rest
        while len(self._ahead) - self._at < size:
            if not self._fill(max(self._size, size)):
                break
        return self._take(size)

    def read1(self, size=-1, /):
        self._check_reads('read')
        if size is None or size < 0:
            size = self._size
        if size and self._at >= len(self._ahead):
            self._fill(max(size, self._size))
        return self._take(size)

    def peek(self, size=0, /):
        self._check_reads('peek')
        if self._at >= len(self._ahead):
            self._fill(self._size)
        return self._ahead[self._at:]

    def readline(self, size=-1, /):
        self._check_reads('readline')
        limited = size is not None and size >= 0
        start = self._at
        while True:
            found = self._ahead.find(b'\n', start)
            if found >= 0:
                end = found + 1 - self._at
                break
            known = len(self._ahead) - self._at
            if limited and known >= size or not self._fill(self._size):
                end = known
                break
            start = known
        return self._take(min(end, size) if limited else end)

    # Writing.

    def write(self, data, /):
        self._check('write to closed file')
        if isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        if not self.raw.writable():
            raise UnsupportedOperation('write')
        self._unread()
        data = _node.bytes_of(data)
        if data is None:
            raise TypeError('a bytes-like object is required')
        if not self._pending:
            _writers.append(self)
        self._pending.append(data)
        self._pending_size += len(data)
        if self._pending_size > self._size:
            self._flush_pending()
        return len(data)

    def _flush_pending(self):
        pending, self._pending = self._pending, []
        self._pending_size = 0
        if self in _writers:
            _writers.remove(self)
        data = b''.join(pending)
        while data:
            count = self.raw.write(data)
            if count is None or count >= len(data):
                break
            data = data[count:]

    def _unread(self):
        """Moves the raw stream back to where the program stands."""
        left = len(self._ahead) - self._at
        if left:
            self.raw.seek(-left, 1)
        self._ahead = b''
        self._at = 0

    def flush(self):
        self._check('flush of closed file')
        if self._pending:
            self._flush_pending()
        if hasattr(self.raw, 'flush'):
            self.raw.flush()

    def seek(self, offset, whence=0, /):
        self._check('seek of closed file')
        if whence not in (0, 1, 2):
            raise ValueError(f'whence value {whence} unsupported')
        if self._pending:
            self._flush_pending()
        self._unread()
        return self.raw.seek(offset, whence)

    def tell(self):
        self._check('tell of closed file')
        return self.raw.tell() - (len(self._ahead) - self._at) + self._pending_size

    def truncate(self, size=None, /):
        self._check('truncate of closed file')
        if not self.raw.writable():
            raise UnsupportedOperation('truncate')
        position = self.tell()
        self.flush()
        self._unread()
        return self.raw.truncate(position if size is None else size)


class BufferedReader(_Buffered):

    def __init__(self, raw, buffer_size=DEFAULT_BUFFER_SIZE):
        if not raw.readable():
            raise UnsupportedOperation('File or stream is not readable.')
        super().__init__(raw, buffer_size)

    def write(self, data, /):
        self._unsupported('write')

    def truncate(self, size=None, /):
        self._unsupported('truncate')


class BufferedWriter(_Buffered):

    def __init__(self, raw, buffer_size=DEFAULT_BUFFER_SIZE):
        if not raw.writable():
            raise UnsupportedOperation('File or stream is not writable.')
        super().__init__(raw, buffer_size)

    def read(self, size=-1, /):
        self._unsupported('read')

    def read1(self, size=-1, /):
        self._unsupported('read')

    def readline(self, size=-1, /):
        self._unsupported('readline')


class BufferedRandom(_Buffered):

    def __init__(self, raw, buffer_size=DEFAULT_BUFFER_SIZE):
        if not raw.seekable():
            raise UnsupportedOperation('File or stream is not seekable.')
        super().__init__(raw, buffer_size)


class BufferedRWPair(_BufferedIOBase):

    def __init__(self, reader, writer, buffer_size=DEFAULT_BUFFER_SIZE):
        self._reader = BufferedReader(reader, buffer_size)
        self._writer = BufferedWriter(writer, buffer_size)

    @property
    def closed(self):
        return self._writer.closed

    def read(self, size=-1, /):
        return self._reader.read(size)

    def read1(self, size=-1, /):
        return self._reader.read1(size)

    def peek(self, size=0, /):
        return self._reader.peek(size)

    def write(self, data, /):
        return self._writer.write(data)

    def flush(self):
        self._writer.flush()

    def close(self):
        try:
            self._writer.close()
        finally:
            self._reader.close()

    def readable(self):
        return True

    def writable(self):
        return True


class IncrementalNewlineDecoder:
    """Makes one kind of newlines of all, a piece of text at a time."""

    def __init__(self, decoder, translate, errors='strict'):
        self._decoder = decoder
        self._translate = translate
        self._holds_return = False
        self._seen = 0

    def decode(self, input, final=False):
        text = input if self._decoder is None else self._decoder.decode(input, final=final)
        if self._holds_return and (text or final):
            text = '\r' + text
            self._holds_return = False
        if text.endswith('\r') and not final:
            text = text[:-1]
            self._holds_return = True
        pairs = text.count('\r\n')
        self._seen |= (1 if text.count('\r') > pairs else 0) | (
            2 if text.count('\n') > pairs else 0) | (4 if pairs else 0)
        if self._translate:
            text = text.replace('\r\n', '\n').replace('\r', '\n')
        return text

    def reset(self):
        self._seen = 0
        self._holds_return = False
        if self._decoder is not None:
            self._decoder.reset()

    @property
    def newlines(self):
        return _newlines(self._seen)


def _newlines(seen):
    kinds = tuple(kind for bit, kind in ((1, '\r'), (2, '\n'), (4, '\r\n')) if seen & bit)
    return None if not kinds else kinds[0] if len(kinds) == 1 else kinds


class TextIOWrapper(_TextIOBase):
    """Text over a stream of bytes."""

    def __init__(self, buffer, encoding=None, errors=None, newline=None,
                 line_buffering=False, write_through=False):
        if encoding is None:
            encoding = 'UTF-8'
        if encoding == 'locale':
            encoding = 'UTF-8'
        if not isinstance(encoding, str):
            raise TypeError(f"TextIOWrapper() argument 'encoding' must be str or None, "
                            f'not {type(encoding).__name__}')
        if newline is not None and not isinstance(newline, str):
            raise TypeError(f'illegal newline type: {type(newline)!r}')
        if newline not in (None, '', '\n', '\r', '\r\n'):
            raise ValueError(f'illegal newline value: {newline!r}')
        self._encoding = encoding
        self._errors = 'strict' if errors is None else errors
        _check_codec(encoding, self._errors)
        self._newline = newline
        self._line_buffering = line_buffering
        self._write_through = write_through
        self._buffer = buffer
        self._reader = None
        self._is_at_start = not (buffer.seekable() and buffer.writable() and buffer.tell() != 0)

    @property
    def buffer(self):
        if self._buffer is None:
            raise ValueError('underlying buffer has been detached')
        return self._buffer

    @property
    def encoding(self):
        return self._encoding

    @property
    def errors(self):
        return self._errors

    @property
    def line_buffering(self):
        return self._line_buffering

    @property
    def write_through(self):
        return self._write_through

    @property
    def newlines(self):
        return None if self._reader is None else _newlines(_node.reader_seen(self._reader))

    @property
    def closed(self):
        return self.buffer.closed

    @property
    def name(self):
        return self.buffer.name

    def __repr__(self):
        parts = ['<_io.TextIOWrapper']
        for name in ('name', 'mode'):
            try:
                parts.append(f'{name}={getattr(self, name)!r}')
            except AttributeError:
                pass
        parts.append(f'encoding={self.encoding!r}>')
        return ' '.join(parts)

    def reconfigure(self, *, encoding=None, errors=None, newline=False,
                    line_buffering=None, write_through=None):
        if self._reader is not None and (
                encoding is not None or errors is not None or newline is not False):
            raise UnsupportedOperation(
                'It is not possible to set the encoding or newline of stream after the first read')
        self.flush()
        if encoding is not None:
            self._encoding = 'UTF-8' if encoding == 'locale' else encoding
            self._errors = 'strict' if errors is None else errors
        elif errors is not None:
            self._errors = errors
        _check_codec(self._encoding, self._errors)
        if newline is not False:
            self._newline = newline
        if line_buffering is not None:
            self._line_buffering = line_buffering
        if write_through is not None:
            self._write_through = write_through

    def detach(self):
        self.flush()
        buffer = self.buffer
        self._buffer = None
        return buffer

    def close(self):
        if self._buffer is not None and not self.closed:
            try:
                self.flush()
            finally:
                self.buffer.close()

    def flush(self):
        self._check()
        self.buffer.flush()

    def fileno(self):
        return self.buffer.fileno()

    def isatty(self):
        return self.buffer.isatty()

    def readable(self):
        return self.buffer.readable()

    def writable(self):
        return self.buffer.writable()

    def seekable(self):
        return self.buffer.seekable()

    # Reading.

    def _reading(self):
        self._check()
        if not self.buffer.readable():
            raise UnsupportedOperation('not readable')
        if self._reader is None:
            self._reader = self._make_reader()
        return self._reader

    def _make_reader(self):
        buffer = self.buffer
        if _node.knows(self._encoding, self._errors):
            read = buffer.read1 if hasattr(buffer, 'read1') else buffer.read
            return _node.reader(read, self._encoding, self._errors, self._newline)
        # An encoding that only the library knows: at once.
        text = buffer.read().decode(self._encoding, self._errors)
        whole = BytesIO(_node.encode(text, 'utf-8', 'surrogatepass', False))
        return _node.reader(whole.read, 'utf-8', 'surrogatepass', self._newline)

    def read(self, size=-1, /):
        reader = self._reading()
        return _node.reader_read(reader, -1 if size is None else size)

    def readline(self, size=-1, /):
        reader = self._reading()
        return _node.reader_line(reader, -1 if size is None else size)

    def __next__(self):
        line = _node.reader_line(self._reader or self._reading(), -1)
        if line == '':
            raise StopIteration
        return line

    # Writing.

    def write(self, text, /):
        self._check()
        if not isinstance(text, str):
            raise TypeError(f'write() argument must be str, not {type(text).__name__}')
        if not self.buffer.writable():
            raise UnsupportedOperation('not writable')
        if self._reader is not None:
            self._forget_ahead()
        length = len(text)
        has_newline = '\n' in text
        if has_newline and self._newline in ('\r', '\r\n'):
            text = text.replace('\n', self._newline)
        if _node.knows(self._encoding, self._errors):
            data = _node.encode(text, self._encoding, self._errors, self._is_at_start)
        else:
            data = text.encode(self._encoding, self._errors)
        self._is_at_start = False
        self.buffer.write(data)
        if self._line_buffering and (has_newline or '\r' in text):
            self.flush()
        return length

    def _forget_ahead(self):
        ahead = _node.reader_ahead(self._reader)
        if ahead and self.buffer.seekable():
            self.buffer.seek(self.buffer.tell() - ahead)
        self._reader = None

    def tell(self):
        self._check()
        if not self.buffer.seekable():
            raise UnsupportedOperation('underlying stream is not seekable')
        position = self.buffer.tell()
        return position if self._reader is None else position - _node.reader_ahead(self._reader)

    def seek(self, cookie, whence=0, /):
        self._check()
        if not self.buffer.seekable():
            raise UnsupportedOperation('underlying stream is not seekable')
        if whence == 1:
            if cookie != 0:
                raise UnsupportedOperation("can't do nonzero cur-relative seeks")
            cookie = self.tell()
        elif whence == 2:
            if cookie != 0:
                raise UnsupportedOperation("can't do nonzero end-relative seeks")
            self.flush()
            position = self.buffer.seek(0, 2)
            self._reader = None
            self._is_at_start = position == 0
            return position
        elif whence != 0:
            raise ValueError(f'invalid whence ({whence}, should be 0, 1 or 2)')
        if cookie < 0:
            raise ValueError(f'negative seek position {cookie}')
        self.flush()
        self.buffer.seek(cookie)
        self._is_at_start = cookie == 0
        if self._reader is not None:
            _node.reader_reset(self._reader, cookie == 0)
        return cookie

    def truncate(self, size=None, /):
        self.flush()
        if size is None:
            size = self.tell()
        return self.buffer.truncate(size)


def _check_codec(encoding, errors):
    if _node.knows(encoding, errors):
        return
    # Which knows whether there is such an encoding at all.
    ''.encode(encoding)
    import codecs
    if errors not in ('strict', 'ignore', 'replace', 'backslashreplace', 'xmlcharrefreplace',
                      'namereplace', 'surrogateescape', 'surrogatepass'):
        codecs.lookup_error(errors)


class _StandardBytes(_BufferedIOBase):
    """The bytes of standard output: what the program writes is seen at once."""

    mode = 'wb'

    def __init__(self, name, number, put):
        self.name = name
        self._number = number
        self._put = put

    def __repr__(self):
        return f'<_io.BufferedWriter name={self.name!r}>'

    def write(self, data, /):
        self._check('write to closed file')
        if isinstance(data, str):
            raise TypeError("a bytes-like object is required, not 'str'")
        return self._put(data)

    def fileno(self):
        return self._number

    def writable(self):
        return True

    @property
    def raw(self):
        return self


class _StandardOutput(TextIOWrapper):
    """sys.stdout and sys.stderr: text goes as text, unless the program changed its encoding."""

    mode = 'w'

    def __init__(self, buffer, put, errors='strict'):
        super().__init__(buffer, 'utf-8', errors, None, True)
        self._put = put

    def write(self, text, /):
        if self._is_closed or self._encoding != 'utf-8' or self._newline is not None:
            return super().write(text)
        if not isinstance(text, str):
            raise TypeError(f'write() argument must be str, not {type(text).__name__}')
        if not self._put(text):
            return super().write(text)
        return len(text)

    def close(self):
        self._is_closed = True

    @property
    def closed(self):
        return self._is_closed

    def flush(self):
        self._check()


for _class, _name in ((_StandardOutput, 'TextIOWrapper'), (_StandardBytes, 'BufferedWriter')):
    _class.__name__ = _class.__qualname__ = _name


def open(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None,
         closefd=True, opener=None):
    if not isinstance(file, int):
        file = _name_of(file)
    if not isinstance(mode, str):
        raise TypeError(f"open() argument 'mode' must be str, not {type(mode).__name__}")
    for name, value in (('encoding', encoding), ('errors', errors), ('newline', newline)):
        if value is not None and not isinstance(value, str):
            raise TypeError(f"open() argument '{name}' must be str or None, "
                            f'not {type(value).__name__}')
    if any(kind not in 'axrwb+t' for kind in mode) or len(set(mode)) != len(mode):
        raise ValueError(f"invalid mode: '{mode}'")
    binary = 'b' in mode
    if binary and 't' in mode:
        raise ValueError("can't have text and binary mode at once")
    if mode == '':
        raise ValueError('Must have exactly one of create/read/write/append mode '
                         'and at most one plus')
    if len([kind for kind in mode if kind in 'axrw']) != 1:
        raise ValueError('must have exactly one of create/read/write/append mode')
    if binary:
        for name, value in (('encoding', encoding), ('errors', errors), ('newline', newline)):
            if value is not None:
                raise ValueError(f"binary mode doesn't take an {name} argument" if name != 'newline'
                                 else "binary mode doesn't take a newline argument")
    if buffering == 0 and not binary:
        raise ValueError("can't have unbuffered text I/O")
    if 'r' in mode or '+' in mode:
        # open(name, 'w').write(text) is on the disk in CPython as soon as nobody holds the file.
        _flush_writers()
    raw = FileIO(file, mode.replace('b', '').replace('t', ''), closefd, opener)
    try:
        if buffering == 0:
            return raw
        line_buffering = buffering == 1 and not binary or buffering < 0 and raw.isatty()
        size = buffering if buffering > 1 else DEFAULT_BUFFER_SIZE
        kind = BufferedRandom if '+' in mode else BufferedReader if 'r' in mode else BufferedWriter
        buffer = kind(raw, size)
        if binary:
            return buffer
        text = TextIOWrapper(buffer, encoding, errors, newline, line_buffering)
        text.mode = mode
        return text
    except:
        raw.close()
        raise


def open_code(path):
    if not isinstance(path, str):
        raise TypeError(f"open_code() argument 'path' must be str, not {type(path).__name__}")
    return open(path, 'rb')


def text_encoding(encoding, stacklevel=2, /):
    return 'utf-8' if encoding is None else encoding


def _flush_writers():
    for writer in list(_writers):
        writer.flush()


def _standard_streams():
    stdin = TextIOWrapper(BufferedReader(FileIO(0, 'r', False)), 'utf-8', 'strict', None)
    stdin._buffer.raw.name = '<stdin>'
    stdin.mode = 'r'
    out = _StandardOutput(_StandardBytes('<stdout>', 1, _node.put_bytes), _node.put_text)
    error = _StandardOutput(
        _StandardBytes('<stderr>', 2, _node.put_error_bytes), _node.put_error, 'backslashreplace')
    return stdin, out, error


def _input(prompt='', /):
    import sys
    if prompt != '':
        sys.stdout.write(str(prompt))
        sys.stdout.flush()
    line = sys.stdin.readline()
    if line == '':
        raise EOFError('EOF when reading a line')
    return line[:-1] if line.endswith('\n') else line


class _Quitter:

    def __init__(self, name):
        self._name = name

    def __repr__(self):
        return f'Use {self._name}() or Ctrl-D (i.e. EOF) to exit'

    def __call__(self, code=None):
        raise SystemExit(code)
