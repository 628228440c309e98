"""Tokens of a source that comes by lines: Brython's own takes every line for a whole source."""
import _tracemalloc_node as _node


class TokenizerIter:

    def __init__(self, readline, /, *, encoding=None, extra_tokens=False):
        self._readline = readline
        self._encoding = encoding
        self._extra = extra_tokens
        self._tokens = None

    def __iter__(self):
        return self

    def __next__(self):
        if self._tokens is None:
            self._tokens = iter(_node.tokens(''.join(self._lines()), self._extra))
        token = next(self._tokens)
        if len(token) == 5:
            return token
        message, line, column = token
        raise SyntaxError(message, ('<string>', line, column, ''))

    def _lines(self):
        while True:
            try:
                line = self._readline()
            except StopIteration:
                return
            if not line:
                return
            if self._encoding is not None:
                if not isinstance(line, (bytes, bytearray)):
                    raise TypeError('readline() returned a non-bytes object')
                line = _node.decode(line, 'utf-8', 'replace') if self._encoding.startswith('utf') \
                    else line.decode(self._encoding)
            yield line
