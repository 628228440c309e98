import {
  compareCodePoints,
  fnmatch,
  formatSize,
  type PathFlavor,
  pythonStrip,
  SourceLines,
} from '@tracemalloc/core/python';
import type { GuestValue, NativeModule, PythonHost } from './python-host.ts';

/** What Python's tracemalloc takes from os.path, fnmatch, linecache and `%` formatting. */
export function textFunctions(
  host: PythonHost,
  pathFlavor: PathFlavor,
  readSource: (filename: string) => string | undefined,
): NativeModule {
  const sources = new SourceLines(readSource);
  return {
    format_size: ([size, sign]) => host.str(sizeText(host, size, Boolean(host.number(sign)))),
    normalize_filename: ([filename]) => host.str(normalized(host.text(filename), pathFlavor)),
    fnmatch: ([name, pattern]) =>
      host.bool(fnmatch(host.text(name), host.text(pattern), pathFlavor)),
    strip: ([line]) => host.str(pythonStrip(host.text(line))),
    getline: ([filename, lineno]) => {
      const imported = host.linecache();
      if (imported !== undefined) return host.call(imported, [filename, lineno]);
      return host.str(sources.line(host.text(filename), Number(host.number(lineno))));
    },
    order: ([a, b]) => {
      const order = orderOfFrames(host, host.items(a), host.items(b));
      return order === null ? host.none : host.int(order);
    },
  };
}

/** Python's `_format_size` for any number, big integers and non-finite floats included. */
function sizeText(host: PythonHost, value: GuestValue, sign: boolean): string {
  // Number() rounds a big integer once and dividing by 1024 is exact: as Python's int / 1024.
  const size = Number(host.number(value));
  if (Number.isFinite(size)) return formatSize(size, sign);
  if (host.kind(value) !== 'float') {
    host.raise('OverflowError', 'integer division result too large for a float');
  }
  const text = Number.isNaN(size) ? 'nan' : `${size < 0 ? '-' : ''}inf`;
  return `${sign && !text.startsWith('-') ? '+' : ''}${text} TiB`;
}

function normalized(filename: string, pathFlavor: PathFlavor): string {
  const name = pathFlavor === 'windows' ? filename.replaceAll('/', '\\').toLowerCase() : filename;
  return name.endsWith('.pyc') ? name.slice(0, -1) : name;
}

/**
 * Order of two tuples of `(filename, lineno)` as Python orders tuples; `null` when they hold
 * anything but strings and integers, which only Python itself can order.
 */
function orderOfFrames(
  host: PythonHost,
  a: readonly GuestValue[],
  b: readonly GuestValue[],
): number | null {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const order = orderOfFrame(host, a[i], b[i]);
    if (order !== 0) return order;
  }
  return Math.sign(a.length - b.length);
}

function orderOfFrame(host: PythonHost, a: GuestValue, b: GuestValue): number | null {
  if (host.kind(a) !== 'tuple' || host.kind(b) !== 'tuple') return null;
  const [nameA, lineA] = host.items(a);
  const [nameB, lineB] = host.items(b);
  if (host.kind(nameA) !== 'str' || host.kind(nameB) !== 'str') return null;
  if (host.kind(lineA) !== 'int' || host.kind(lineB) !== 'int') return null;
  const order = Math.sign(compareCodePoints(host.text(nameA), host.text(nameB)));
  if (order !== 0) return order;
  const x = host.number(lineA);
  const y = host.number(lineB);
  return x < y ? -1 : x > y ? 1 : 0;
}
