"""Names of files as POSIX has them."""
import _tracemalloc_node

curdir = '.'
pardir = '..'
extsep = '.'
sep = '/'
altsep = None
pathsep = ':'
defpath = '/bin:/usr/bin'
devnull = '/dev/null'


def _text(path):
    if isinstance(path, str):
        return path
    if hasattr(path, '__fspath__'):
        return path.__fspath__()
    raise TypeError('expected str, bytes or os.PathLike object, not ' + type(path).__name__)


def isabs(path):
    return _text(path).startswith('/')


def join(path, *more):
    path = _text(path)
    for part in more:
        part = _text(part)
        if part.startswith('/'):
            path = part
        elif not path or path.endswith('/'):
            path += part
        else:
            path += '/' + part
    return path


def split(path):
    path = _text(path)
    at = path.rfind('/') + 1
    head, tail = path[:at], path[at:]
    if head and head != '/' * len(head):
        head = head.rstrip('/')
    return head, tail


def basename(path):
    return split(path)[1]


def dirname(path):
    return split(path)[0]


def splitext(path):
    path = _text(path)
    start = path.rfind('/') + 1
    while path[start:start + 1] == '.':
        start += 1
    at = path.rfind('.')
    return (path, '') if at < start else (path[:at], path[at:])


def splitdrive(path):
    return '', _text(path)


def normcase(path):
    return _text(path)


def normpath(path):
    path = _text(path)
    if path == '':
        return '.'
    root = ''
    if path.startswith('/'):
        root = '//' if path.startswith('//') and not path.startswith('///') else '/'
    parts = []
    for part in path.split('/'):
        if part in ('', '.'):
            continue
        if part != '..' or (not root and not parts) or (parts and parts[-1] == '..'):
            parts.append(part)
        elif parts:
            parts.pop()
    return root + '/'.join(parts) or '.'


def abspath(path):
    path = _text(path)
    if not isabs(path):
        path = join(_tracemalloc_node.cwd(), path)
    return normpath(path)


def relpath(path, start='.'):
    if not _text(path):
        raise ValueError('no path specified')
    at = [part for part in abspath(start).split('/') if part]
    to = [part for part in abspath(path).split('/') if part]
    same = 0
    while same < min(len(at), len(to)) and at[same] == to[same]:
        same += 1
    return '/'.join(['..'] * (len(at) - same) + to[same:]) or '.'


def commonprefix(paths):
    if not paths:
        return ''
    low, high = min(paths), max(paths)
    for i, letter in enumerate(low):
        if letter != high[i]:
            return low[:i]
    return low


def commonpath(paths):
    if not paths:
        raise ValueError('commonpath() arg is an empty sequence')
    absolute = [isabs(path) for path in paths]
    if any(absolute) and not all(absolute):
        raise ValueError("Can't mix absolute and relative paths")
    parts = [[part for part in path.split('/') if part and part != '.'] for path in paths]
    low, high = min(parts), max(parts)
    same = 0
    while same < len(low) and low[same] == high[same]:
        same += 1
    return ('/' if absolute[0] else '') + '/'.join(low[:same])


def expanduser(path):
    path = _text(path)
    if path != '~' and not path.startswith('~/'):
        return path
    home = _tracemalloc_node.environ().get('HOME')
    return path if home is None else (home.rstrip('/') + path[1:] or '/')


def exists(path):
    return _tracemalloc_node.kind(_text(path)) != ''


def isfile(path):
    return _tracemalloc_node.kind(_text(path)) == 'file'


def isdir(path):
    return _tracemalloc_node.kind(_text(path)) == 'dir'


def islink(path):
    return _tracemalloc_node.is_link(_text(path))


def getsize(path):
    return _tracemalloc_node.size(_text(path))


def getmtime(path):
    return _tracemalloc_node.mtime(_text(path))


def realpath(path):
    return _tracemalloc_node.realpath(abspath(path))


lexists = exists
