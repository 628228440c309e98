/**
 * Standard modules that CPython has in C, or runs through C accelerators where Brython has Python.
 * What `tracemalloc_extra` calls for a program is its caller's, too. Without this, `deque()` would be charged to a line of Brython's `_collections`.
 */
const transparentModules =
  /^(?:_(?!_main__)|functools\b|decimal\b|itertools\b|operator\b|weakref\b|copyreg\b|bisect\b|heapq\b|tracemalloc_extra\b|(?:atexit|binascii|cmath|collections(?:\/__init__)?|errno|faulthandler|gc|posix|pwd|select|sys|time|zlib)(?:\.py)?$)/;

export function isTransparentModule(name: string): boolean {
  return transparentModules.test(name);
}

/**
 * Whether code of such a module is shown all the same: what the import of a module makes is its own,
 * and `namedtuple` is Python in CPython, too, though what it makes is not.
 */
export function isShownCode(module: string, name: string): boolean {
  return name === '<module>' || (name === 'namedtuple' && module.startsWith('collections'));
}

/** Modules that CPython has imported before the first line of any program. */
const modulesAtStart: ReadonlySet<string> = new Set([
  '_abc',
  '_codecs',
  '_collections_abc',
  '_io',
  '_io_classes',
  '_py_abc',
  '_signal',
  '_stat',
  '_sys',
  '_thread',
  '_warnings',
  '_weakref',
  '_weakrefset',
  'abc',
  'codecs',
  'encodings',
  'errno',
  'genericpath',
  'io',
  'linecache',
  'marshal',
  'os',
  'os.path',
  'posix',
  'posixpath',
  'stat',
  'sys',
  'time',
]);

/** Whether a program that imports the module gets what is there already, so that its import costs nothing. */
export function isThereAtStart(module: string): boolean {
  return modulesAtStart.has(module.replace(/(?:\/__init__)?\.py$/, '').replaceAll('/', '.'));
}
