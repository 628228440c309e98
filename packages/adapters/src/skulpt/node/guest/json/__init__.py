"""JSON texts of Python's values, and the other way round."""

_escapes = {'"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\f': '\\f', '\b': '\\b'}
_unescapes = {'"': '"', '\\': '\\', '/': '/', 'n': '\n', 'r': '\r', 't': '\t', 'f': '\f', 'b': '\b'}


class JSONDecodeError(ValueError):

    def __init__(self, msg, doc, pos):
        self.msg = msg
        self.doc = doc
        self.pos = pos
        self.lineno = doc.count('\n', 0, pos) + 1
        self.colno = pos - doc.rfind('\n', 0, pos)
        self._text = '%s: line %d column %d (char %d)' % (msg, self.lineno, self.colno, pos)

    def __str__(self):
        return self._text


def _quoted(text, ensure_ascii):
    parts = ['"']
    for letter in text:
        code = ord(letter)
        if letter in _escapes:
            parts.append(_escapes[letter])
        elif code < 32 or (ensure_ascii and code > 126):
            if code > 65535:
                code -= 65536
                parts.append('\\u%04x\\u%04x' % (55296 + (code >> 10), 56320 + (code & 1023)))
            else:
                parts.append('\\u%04x' % code)
        else:
            parts.append(letter)
    parts.append('"')
    return ''.join(parts)


class JSONEncoder(object):

    def __init__(self, skipkeys=False, ensure_ascii=True, check_circular=True, allow_nan=True,
                 sort_keys=False, indent=None, separators=None, default=None):
        self.skipkeys = skipkeys
        self.ensure_ascii = ensure_ascii
        self.allow_nan = allow_nan
        self.sort_keys = sort_keys
        self.indent = ' ' * indent if isinstance(indent, int) else indent
        self.item_separator, self.key_separator = ', ', ': '
        if separators is not None:
            self.item_separator, self.key_separator = separators
        elif indent is not None:
            self.item_separator = ','
        if default is not None:
            self.default = default

    def default(self, o):
        raise TypeError('Object of type ' + type(o).__name__ + ' is not JSON serializable')

    def encode(self, o):
        return self._text(o, 0, [])

    def iterencode(self, o):
        yield self.encode(o)

    def _float(self, value):
        if value != value or value in (float('inf'), float('-inf')):
            if not self.allow_nan:
                raise ValueError('Out of range float values are not JSON compliant: ' + repr(value))
            return 'NaN' if value != value else 'Infinity' if value > 0 else '-Infinity'
        return repr(value)

    def _key(self, key):
        if isinstance(key, str):
            return key
        if key is None or isinstance(key, (bool, int, float)):
            return self._text(key, 0, [])
        if self.skipkeys:
            return None
        raise TypeError('keys must be str, int, float, bool or None, not ' + type(key).__name__)

    def _text(self, value, depth, parents):
        if value is None:
            return 'null'
        if value is True:
            return 'true'
        if value is False:
            return 'false'
        if isinstance(value, str):
            return _quoted(value, self.ensure_ascii)
        if isinstance(value, int):
            return str(int(value))
        if isinstance(value, float):
            return self._float(value)
        if any([value is parent for parent in parents]):
            raise ValueError('Circular reference detected')
        inner = parents + [value]
        if isinstance(value, (list, tuple)):
            items = [self._text(item, depth + 1, inner) for item in value]
            return self._enclosed('[', items, ']', depth)
        if isinstance(value, dict):
            pairs = list(value.items())
            if self.sort_keys:
                pairs = sorted(pairs, key=lambda pair: pair[0])
            items = []
            for key, item in pairs:
                name = self._key(key)
                if name is not None:
                    items.append(_quoted(name, self.ensure_ascii) + self.key_separator +
                                 self._text(item, depth + 1, inner))
            return self._enclosed('{', items, '}', depth)
        return self._text(self.default(value), depth, inner)

    def _enclosed(self, start, items, end, depth):
        if not items:
            return start + end
        if self.indent is None:
            return start + self.item_separator.join(items) + end
        line = '\n' + self.indent * (depth + 1)
        return (start + line + (self.item_separator + line).join(items) +
                '\n' + self.indent * depth + end)


class JSONDecoder(object):

    def __init__(self, object_hook=None, parse_float=None, parse_int=None, parse_constant=None,
                 strict=True, object_pairs_hook=None):
        self.object_hook = object_hook
        self.object_pairs_hook = object_pairs_hook
        self.parse_float = parse_float or float
        self.parse_int = parse_int or int
        self.parse_constant = parse_constant or float
        self.strict = strict

    def decode(self, s):
        value, end = self.raw_decode(s, self._blank(s, 0))
        end = self._blank(s, end)
        if end != len(s):
            raise JSONDecodeError('Extra data', s, end)
        return value

    def raw_decode(self, s, idx=0):
        letter = s[idx:idx + 1]
        if letter == '"':
            return self._string(s, idx + 1)
        if letter == '{':
            return self._object(s, idx + 1)
        if letter == '[':
            return self._array(s, idx + 1)
        for word, value in (('null', None), ('true', True), ('false', False)):
            if s.startswith(word, idx):
                return value, idx + len(word)
        number = self._number(s, idx)
        if number is not None:
            return number
        for word, name in (('NaN', 'nan'), ('Infinity', 'inf'), ('-Infinity', '-inf')):
            if s.startswith(word, idx):
                named = name if self.parse_constant is float else word
                return self.parse_constant(named), idx + len(word)
        raise JSONDecodeError('Expecting value', s, idx)

    def _blank(self, s, at):
        while at < len(s) and s[at] in ' \t\n\r':
            at += 1
        return at

    def _digits(self, s, at):
        while at < len(s) and s[at] in '0123456789':
            at += 1
        return at

    def _number(self, s, start):
        at = start + 1 if s.startswith('-', start) else start
        whole = at + 1 if s.startswith('0', at) else self._digits(s, at)
        if whole == at:
            return None
        end = whole
        if s.startswith('.', end) and self._digits(s, end + 1) > end + 1:
            end = self._digits(s, end + 1)
        if s[end:end + 1] in ('e', 'E'):
            exponent = end + 2 if s[end + 1:end + 2] in ('+', '-') else end + 1
            if self._digits(s, exponent) > exponent:
                end = self._digits(s, exponent)
        text = s[start:end]
        return (self.parse_int(text) if end == whole else self.parse_float(text)), end

    def _string(self, s, start):
        parts = []
        at = start
        while True:
            begin = at
            while at < len(s) and s[at] not in '"\\' and (not self.strict or s[at] >= ' '):
                at += 1
            parts.append(s[begin:at])
            if at >= len(s):
                raise JSONDecodeError('Unterminated string starting at', s, start - 1)
            if s[at] == '"':
                return ''.join(parts), at + 1
            if s[at] != '\\':
                raise JSONDecodeError('Invalid control character at', s, at)
            letter = s[at + 1:at + 2]
            if letter == '':
                raise JSONDecodeError('Unterminated string starting at', s, start - 1)
            if letter != 'u':
                if letter not in _unescapes:
                    raise JSONDecodeError('Invalid \\escape', s, at)
                parts.append(_unescapes[letter])
                at += 2
                continue
            code = self._unit(s, at)
            at += 6
            if 55296 <= code < 56320 and s.startswith('\\u', at):
                low = self._unit(s, at)
                if 56320 <= low < 57344:
                    code = 65536 + ((code - 55296) << 10) + (low - 56320)
                    at += 6
            parts.append(chr(code))

    def _unit(self, s, at):
        digits = s[at + 2:at + 6]
        for digit in digits:
            if digit not in '0123456789abcdefABCDEF':
                digits = ''
        if len(digits) != 4:
            raise JSONDecodeError('Invalid \\uXXXX escape', s, at + 1)
        return int(digits, 16)

    def _array(self, s, at):
        items = []
        at = self._blank(s, at)
        if s.startswith(']', at):
            return items, at + 1
        while True:
            item, at = self.raw_decode(s, at)
            items.append(item)
            at = self._blank(s, at)
            if s.startswith(']', at):
                return items, at + 1
            if not s.startswith(',', at):
                raise JSONDecodeError("Expecting ',' delimiter", s, at)
            comma = at
            at = self._blank(s, at + 1)
            if s.startswith(']', at):
                raise JSONDecodeError('Illegal trailing comma before end of array', s, comma)

    def _object(self, s, at):
        pairs = []
        at = self._blank(s, at)
        if s.startswith('}', at):
            return self._made(pairs), at + 1
        while True:
            if not s.startswith('"', at):
                raise JSONDecodeError('Expecting property name enclosed in double quotes', s, at)
            key, at = self._string(s, at + 1)
            at = self._blank(s, at)
            if not s.startswith(':', at):
                raise JSONDecodeError("Expecting ':' delimiter", s, at)
            value, at = self.raw_decode(s, self._blank(s, at + 1))
            pairs.append((key, value))
            at = self._blank(s, at)
            if s.startswith('}', at):
                return self._made(pairs), at + 1
            if not s.startswith(',', at):
                raise JSONDecodeError("Expecting ',' delimiter", s, at)
            comma = at
            at = self._blank(s, at + 1)
            if s.startswith('}', at):
                raise JSONDecodeError('Illegal trailing comma before end of object', s, comma)

    def _made(self, pairs):
        if self.object_pairs_hook is not None:
            return self.object_pairs_hook(pairs)
        made = dict(pairs)
        return made if self.object_hook is None else self.object_hook(made)


def dumps(obj, cls=None, **options):
    return (cls or JSONEncoder)(**options).encode(obj)


def dump(obj, fp, **options):
    fp.write(dumps(obj, **options))


def loads(s, cls=None, **options):
    if isinstance(s, bytes):
        s = s.decode('utf-8')
    if not isinstance(s, str):
        raise TypeError('the JSON object must be str, bytes or bytearray, not ' + type(s).__name__)
    return (cls or JSONDecoder)(**options).decode(s)


def load(fp, **options):
    return loads(fp.read(), **options)
