"""Texts as files. Files of the system come from the built-in `open`."""

SEEK_SET = 0
SEEK_CUR = 1
SEEK_END = 2
DEFAULT_BUFFER_SIZE = 8192


class UnsupportedOperation(OSError):
    pass


class StringIO(object):

    encoding = None
    errors = None

    def __init__(self, initial_value='', newline='\n'):
        if initial_value is not None and not isinstance(initial_value, str):
            raise TypeError('initial_value must be str or None, not ' + type(initial_value).__name__)
        self._newline = newline
        self._text = self._read_in(initial_value or '')
        self._at = 0
        self.closed = False

    def _read_in(self, text):
        if self._newline is None:
            return text.replace('\r\n', '\n').replace('\r', '\n')
        if self._newline in ('\r', '\r\n'):
            return text.replace('\n', self._newline)
        return text

    def _check(self):
        if self.closed:
            raise ValueError('I/O operation on closed file')

    def getvalue(self):
        self._check()
        return self._text

    def write(self, text):
        self._check()
        if not isinstance(text, str):
            raise TypeError('string argument expected, got ' + repr(type(text).__name__))
        length = len(text)
        text = self._read_in(text)
        if text:
            before = self._text[:self._at]
            before += '\0' * (self._at - len(before))
            self._text = before + text + self._text[self._at + len(text):]
            self._at += len(text)
        return length

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def read(self, size=-1):
        self._check()
        rest = self._text[self._at:]
        if size is not None and size >= 0:
            rest = rest[:size]
        self._at += len(rest)
        return rest

    def readline(self, size=-1):
        self._check()
        end = self._text.find('\n', self._at)
        end = len(self._text) if end < 0 else end + 1
        if size is not None and size >= 0:
            end = min(end, self._at + size)
        line = self._text[self._at:end]
        self._at += len(line)
        return line

    def readlines(self, hint=-1):
        lines = []
        length = 0
        for line in self:
            lines.append(line)
            length += len(line)
            if hint is not None and 0 < hint <= length:
                break
        return lines

    def seek(self, position, whence=0):
        self._check()
        if whence == 0 and position < 0:
            raise ValueError('Negative seek position ' + str(position))
        if whence != 0 and position != 0:
            raise OSError("Can't do nonzero cur-relative seeks")
        if whence == 1:
            position = self._at
        elif whence == 2:
            position = len(self._text)
        self._at = position
        return position

    def tell(self):
        self._check()
        return self._at

    def truncate(self, size=None):
        self._check()
        if size is None:
            size = self._at
        self._text = self._text[:size]
        return size

    def flush(self):
        self._check()

    def close(self):
        self.closed = True

    def isatty(self):
        return False

    def readable(self):
        return True

    def writable(self):
        return True

    def seekable(self):
        return True

    def __enter__(self):
        self._check()
        return self

    def __exit__(self, *error):
        self.close()

    def __iter__(self):
        return self

    def __next__(self):
        line = self.readline()
        if line == '':
            raise StopIteration
        return line


open = open
