// Programs that grow until somebody stops them, by what they make, where they keep it, how they are
// built, and what they do about the error.

/** What grows, as expressions: of the same few bytes each time, or of many. */
const pythonValues: Readonly<Record<string, string>> = {
  ints: 'n + 10**6',
  lists: '[n] * 20',
  tuples: '(n, n + 1, n + 2)',
  strs: 'str(n) * 20',
  'long strs': "'x' * 10000 + str(n)",
  dicts: '{n: n, str(n): n}',
  objects: 'Thing(n)',
  functions: 'lambda: n',
  generators: 'walk(n)',
  exceptions: 'caught(n)',
};

/** Where it is kept, as statements over `kept` and `value`. */
const pythonKeepers: Readonly<Record<string, readonly [start: string, keep: string]>> = {
  'a list': ['[]', 'kept.append(value)'],
  'a dict': ['{}', 'kept[n] = value'],
  'a chain': ['None', 'kept = (kept, value)'],
  'lists in a list': [
    '[[]]',
    'kept[-1].append(value) if len(kept[-1]) < 50 else kept.append([value])',
  ],
  attributes: ['Thing(0)', "setattr(kept, 'a' + str(n), value)"],
};

/** How the loop is built: `BODY` makes a value and keeps it, with what is done about errors. */
const pythonShapes: Readonly<Record<string, string>> = {
  'a loop': 'kept = START\nn = 0\nwhile True:\n    BODY',
  'a function': 'def run():\n    kept = START\n    n = 0\n    while True:\n        BODY\nrun()',
  'a generator':
    'def run():\n    kept = START\n    n = 0\n    while True:\n        BODY\n        yield n\nfor _ in run(): pass',
  recursion: 'def run(n, kept):\n    BODY\n    BODY\n    return run(n, kept)\nrun(0, START)',
};

/** What is done about the error: `STEP` makes one value and keeps it. */
const pythonEndings: Readonly<Record<string, string>> = {
  nothing: 'STEP',
  pass: 'try:\n    STEP\nexcept MemoryError:\n    pass',
  'a finally': 'try:\n    STEP\nfinally:\n    n = n + 0',
  'errors that are kept': 'try:\n    STEP\nexcept MemoryError as error:\n    errors.append(error)',
  'three tries':
    'try:\n    STEP\nexcept MemoryError:\n    tries.append(1)\n    if len(tries) > 3: raise',
};

const pythonHead = `errors, tries = [], []
class Thing:
    def __init__(self, n):
        self.n = n
def walk(n):
    mine = [n] * 10
    yield mine
def caught(n):
    try:
        raise ValueError([n] * 10)
    except ValueError as error:
        return error
`;

const luaValues: Readonly<Record<string, string>> = {
  tables: '{ n, n }',
  strings: "('x'):rep(100) .. n",
  'long strings': "('x'):rep(10000) .. n",
  functions: 'function() return n end',
  coroutines: 'coroutine.create(function() return n end)',
  'nested tables': '{ { { n } } }',
  'packed tables': 'table.pack(n, n, n)',
  'formatted strings': "('%d %s'):format(n, ('y'):rep(50))",
  'joined strings': "table.concat({ n, ('z'):rep(60) })",
  generators: 'coroutine.wrap(function() coroutine.yield(n) end)',
};
const luaKeepers: Readonly<Record<string, readonly [start: string, keep: string]>> = {
  'a list': ['{}', 'kept[#kept + 1] = value'],
  'a map': ['{}', "kept['k' .. n] = value"],
  'a chain': ['false', 'kept = { kept, value }'],
  'lists in a list': [
    '{ {} }',
    'local last = kept[#kept]; if #last < 50 then last[#last + 1] = value else kept[#kept + 1] = { value } end',
  ],
  'a weak-keyed map': [
    "setmetatable({}, { __mode = 'k' })",
    'kept[{}] = value; pins[#pins + 1] = value',
  ],
};
const luaShapes: Readonly<Record<string, string>> = {
  'a loop': 'local kept, n = START, 0\nwhile true do\nBODY\nend',
  'a coroutine':
    'local co = coroutine.wrap(function()\nlocal kept, n = START, 0\nwhile true do\nBODY\ncoroutine.yield()\nend\nend)\nwhile true do co() end',
  'a metamethod':
    'local kept, n = START, 0\nlocal step = setmetatable({}, { __index = function()\nBODY\nreturn true\nend })\nwhile step[n] do end',
  recursion: 'local function run(n, kept)\nBODY\nBODY\nreturn 1 + run(n, kept)\nend\nrun(0, START)',
};
const luaEndings: Readonly<Record<string, string>> = {
  nothing: 'STEP',
  'a scope that is closed':
    'do local scope <close> = setmetatable({}, { __close = function() n = n + 0 end }); STEP end',
  'a handler of errors': 'xpcall(function() STEP end, function(e) return { e } end)',
  'pcall in a loop': 'pcall(function() STEP end)',
  'errors that are kept':
    'local ok, e = pcall(function() STEP end)\nif not ok then errors[#errors + 1] = { e } end',
};

/** One program. */
export type HostileProgram = { readonly name: string; readonly source: string };

const indented = (text: string, by: string): string => text.replaceAll('\n', `\n${by}`);

function combined(
  parts: {
    readonly values: Readonly<Record<string, string>>;
    readonly keepers: Readonly<Record<string, readonly [string, string]>>;
    readonly shapes: Readonly<Record<string, string>>;
    readonly endings: Readonly<Record<string, string>>;
  },
  build: (
    value: string,
    keeper: readonly [string, string],
    shape: string,
    ending: string,
  ) => string,
): HostileProgram[] {
  const programs: HostileProgram[] = [];
  for (const [shape, shapeText] of Object.entries(parts.shapes)) {
    for (const [ending, endingText] of Object.entries(parts.endings)) {
      for (const [keeper, keeperText] of Object.entries(parts.keepers)) {
        for (const [value, valueText] of Object.entries(parts.values)) {
          const name = `${value} in ${keeper}, by ${shape}, with ${ending}`;
          programs.push({ name, source: build(valueText, keeperText, shapeText, endingText) });
        }
      }
    }
  }
  return programs;
}

/** Programs in Python: 1000. Some end by Python's own limits, as of recursion. */
export const pythonPrograms: readonly HostileProgram[] = combined(
  { values: pythonValues, keepers: pythonKeepers, shapes: pythonShapes, endings: pythonEndings },
  (value, [start, keep], shape, ending) => {
    const step = `n += 1\nvalue = ${value}\n${keep}`;
    const body = ending.replace(/^( *)STEP/m, (_, by: string) => by + indented(step, by));
    const text = shape
      .replaceAll(/^( *)BODY/gm, (_, by: string) => by + indented(body, by))
      .replaceAll('START', start);
    return pythonHead + text;
  },
);

/** Programs in Lua: 1000. */
export const luaPrograms: readonly HostileProgram[] = combined(
  { values: luaValues, keepers: luaKeepers, shapes: luaShapes, endings: luaEndings },
  (value, [start, keep], shape, ending) => {
    const step = `n = n + 1; local value = ${value}; ${keep}`;
    const body = ending.replaceAll('STEP', step);
    return `local errors, pins = {}, {}\n${shape.replaceAll('BODY', body).replaceAll('START', start)}`;
  },
);
