/** Why lines of a host are not as in CPython. */
export type Reason = {
  readonly host: 'Brython' | 'Skulpt';
  readonly why: string;
  /** `file:line`. */
  readonly lines: readonly string[];
};

const valuesOfHolders =
  'int and bool are no objects in Brython: they count with what holds them, at the line that made the holder; for each holder, if there are several; not at all where they are only on the way. So do strs that something else makes than operators, f-strings and functions of str';

export const reasons: readonly Reason[] = [
  {
    host: 'Skulpt',
    why: 'a str that Skulpt 1.2.0 has had before is no new one: it belongs to the line that made it first',
    lines: [
      'inventory.py:61',
      'inventory.py:79',
      'life.py:26',
      'life.py:70',
      'parser.py:66',
      'strings.py:7',
      'strings.py:15',
      'words.py:19',
      'words.py:70',
    ],
  },
  {
    host: 'Skulpt',
    why: 'in CPython a kept exception keeps the local variables of the frames that it came through; in Skulpt they are gone',
    lines: ['gradebook.py:16'],
  },
  {
    host: 'Skulpt',
    why: 'importing `collections` counts for the importing line, and takes a place in the top ten; CPython has it loaded already',
    lines: ['simulation.py:6'],
  },
  {
    host: 'Brython',
    why: valuesOfHolders,
    lines: [
      'shapes.py:29',
      'store.py:15',
      'store.py:12',
      'strings.py:7',
      'bank.py:23',
      'bank.py:29',
      'bank.py:22',
      'bank.py:72',
      'bank.py:28',
      'bank.py:69',
      'bank.py:67',
      'bank.py:77',
      'inventory.py:62',
      'inventory.py:69',
      'inventory.py:61',
      'inventory.py:79',
      'inventory.py:44',
      'inventory.py:37',
      'inventory.py:19',
      'life.py:26',
      'life.py:70',
      'matrix.py:53',
      'matrix.py:5',
      'matrix.py:21',
      'matrix.py:27',
      'memo.py:19',
      'memo.py:74',
      'memo.py:9',
      'memo.py:10',
      'parser.py:66',
      'simulation.py:62',
      'slots.py:75',
      'slots.py:108',
      'words.py:43',
      'words.py:20',
      'words.py:35',
      'words.py:70',
      'words.py:48',
      'words.py:19',
      'words.py:64',
      'algebra.py:28',
      'algebra.py:78',
      'algebra.py:58',
      'algebra.py:65',
      'algebra.py:48',
      'algebra.py:17',
      'ciphers.py:73',
      'ciphers.py:11',
      'editor.py:109',
      'gradebook.py:80',
      'gradebook.py:52',
      'gradebook.py:33',
      'gradebook.py:66',
      'structures.py:106',
      'structures.py:31',
      'structures.py:16',
      'structures.py:107',
      'structures.py:80',
      'structures.py:89',
    ],
  },
  {
    host: 'Brython',
    why: 'sets made from other sets count as if filled item by item; `a[::-1]` as if appended to',
    lines: ['life.py:72', 'graph.py:41'],
  },
  {
    host: 'Brython',
    why: 'traceback and frame objects of kept exceptions are not counted',
    lines: ['inventory.py:42', 'gradebook.py:18', 'gradebook.py:43'],
  },
  {
    host: 'Brython',
    why: 'an object that has slots and a `__dict__` counts as one that has no slots',
    lines: ['slots.py:43', 'slots.py:98'],
  },
  {
    host: 'Brython',
    why: 'a suspended generator is not known to be alive, or for longer than it is: see python-differences.md',
    lines: ['generators.py:6', 'generators.py:12', 'generators.py:30'],
  },
  {
    host: 'Brython',
    why: 'its size is right, but lines that are too large by the above are before it',
    lines: ['structures.py:61', 'inventory.py:32', 'simulation.py:6'],
  },
];

/** What Skulpt 1.2.0 lacks for a program. */
export const missingInSkulpt: Readonly<Record<string, string>> = {
  'containers.py': '`bytearray`',
  'dataclass.py': '`dataclasses`; annotations without a value',
  'decorators.py': '`bytearray`',
  'deletions.py': '`bytearray`',
  'dict_growth.py': '`**` in a dict display',
  'generators.py': '`yield from`',
  'multi_line.py': '`bytearray`',
};

/** Why containers in Skulpt are not as large as in CPython, by kind. */
export const containerReasons: Readonly<Record<string, string>> = {
  'set: frozenset(list)': 'Skulpt has one empty frozenset for all',
  'set: frozenset(set)': 'Skulpt has one empty frozenset for all',
  'deque: deque(list)': 'all deques count as if their items had been appended',
  'deque: passed through': 'blocks that a deque has left behind are not known',
};
