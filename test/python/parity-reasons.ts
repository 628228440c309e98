/** Why lines of a host are not as in CPython. */
export type Reason = {
  readonly host: 'Brython' | 'Skulpt';
  readonly why: string;
  /** `file:line`. */
  readonly lines: readonly string[];
};

const valuesOfHolders =
  'ints and strs have no identity in Brython: of equal ones, which line made the one that is held is told by its holder’s line; a str or int that something makes of which nothing is told (a function of the host) counts with its holder';

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
      'calculator.py:44',
      'ledger.py:57',
      'postings.py:16',
      'records.py:12',
      'observers.py:55',
      'scheduler.py:42',
      'config_merge.py:46',
      'event_log.py:21',
      'event_log.py:27',
      'stock.py:17',
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
    lines: ['simulation.py:6', 'maze.py:15'],
  },
  {
    host: 'Skulpt',
    why: 'the class that `namedtuple` makes counts for the line that calls it, and its objects are larger',
    lines: ['stock.py:5', 'stock.py:18'],
  },
  {
    host: 'Skulpt',
    why: 'a method of a text of several lines is called on the line that the text begins on, in CPython on the one that it ends on',
    lines: ['trie_words.py:4'],
  },
  {
    host: 'Skulpt',
    why: 'its size is right, but lines of nearly the same size are before it',
    lines: ['config_merge.py:52', 'event_log.py:51', 'expressions.py:63'],
  },
  {
    host: 'Skulpt',
    why: 'what a class makes for each of its `__slots__` is not counted',
    lines: ['ledger.py:4'],
  },
  {
    host: 'Skulpt',
    why: 'an int that `sum` gives has 28 bytes in CPython, one that an operator gives 32, for room to carry',
    lines: ['lru.py:56'],
  },
  ...(['Brython', 'Skulpt'] as const).map((host) => ({
    host,
    why: 'CPython keeps tables of small dicts that died for later ones (a free list, 120 bytes each), and these count for whom they were made',
    lines: ['records.py:4', 'records.py:7', 'config_merge.py:74'],
  })),
  {
    host: 'Brython',
    why: valuesOfHolders,
    lines: [
      'simulation.py:100',
      'algebra.py:17',
      'algebra.py:82',
      'lru.py:49',
      'observers.py:54',
      'postings.py:16',
      'event_log.py:21',
      'event_log.py:27',
    ],
  },
  {
    host: 'Brython',
    why: 'a decorator gives the class more names than it was made with: CPython has their new table on a line of `dataclasses`',
    lines: ['tasks.py:14', 'tasks.py:22'],
  },
  {
    host: 'Brython',
    why: 'an inner function keeps the outer one alive, in whose frame it was made; in CPython only its cells',
    lines: ['pipeline.py:69'],
  },
  {
    host: 'Brython',
    why: 'the dict of a `functools.wraps` that has done its work lives on; what holds it was not found',
    lines: ['pipeline.py:10'],
  },
  {
    host: 'Brython',
    why: 'sets made from other sets count as if filled item by item',
    lines: ['life.py:72'],
  },
  {
    host: 'Brython',
    why: 'its size is right, but lines that are too large by the above, or of the same size, are before it',
    lines: ['simulation.py:6', 'config_merge.py:52', 'event_log.py:51', 'pipeline.py:11'],
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
  'pipeline.py': '`**` in a dict display',
  'shapes_area.py': 'attributes that `super().__init__` sets in a class with properties',
  'tasks.py': '`dataclasses`; annotations without a value',
};

/** Why containers in Skulpt are not as large as in CPython, by kind. */
export const containerReasons: Readonly<Record<string, string>> = {
  'set: frozenset(list)': 'Skulpt has one empty frozenset for all',
  'set: frozenset(set)': 'Skulpt has one empty frozenset for all',
  'deque: deque(list)': 'all deques count as if their items had been appended',
  'deque: passed through': 'blocks that a deque has left behind are not known',
};
