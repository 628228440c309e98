"""Lines of source files, by name and number."""
import _tracemalloc_node

cache = {}


def getlines(filename, module_globals=None):
    if filename not in cache:
        text = _tracemalloc_node.source(filename)
        if text is None:
            return []
        lines = text.replace('\r\n', '\n').replace('\r', '\n').split('\n')
        cache[filename] = [line + '\n' for line in lines[:-1]]
        if lines[-1]:
            cache[filename].append(lines[-1] + '\n')
    return cache[filename]


def getline(filename, lineno, module_globals=None):
    lines = getlines(filename, module_globals)
    return lines[lineno - 1] if 1 <= lineno <= len(lines) else ''


def checkcache(filename=None):
    clearcache()


def updatecache(filename, module_globals=None):
    cache.pop(filename, None)
    return getlines(filename, module_globals)


def lazycache(filename, module_globals):
    return False


def clearcache():
    cache.clear()
