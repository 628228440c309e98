/** A program to begin with. */
export type Example = {
  /** What a link `#example=…` names it by. */
  readonly id: string;
  readonly title: string;
  readonly language: 'python' | 'lua';
  readonly source: string;
};

/** Each thing that tracemalloc's documentation shows, as a program of a few lines. */
export const examples: readonly Example[] = [
  {
    id: 'top-lines',
    title: 'The lines that keep most',
    language: 'python',
    source: `import tracemalloc

tracemalloc.start()


class Order:
    def __init__(self, number):
        self.number = number
        self.lines = ['line %d of order %d' % (i, number) for i in range(5)]


orders = [Order(number) for number in range(200)]
draft = [Order(number) for number in range(200)]
draft = None

snapshot = tracemalloc.take_snapshot()
for statistic in snapshot.statistics('lineno')[:5]:
    print(statistic)
`,
  },
  {
    id: 'differences',
    title: 'What grew between two snapshots',
    language: 'python',
    source: `import tracemalloc

tracemalloc.start()
words = {}


def count(text):
    for word in text.split():
        words[word] = words.get(word, 0) + 1


count('to be or not to be')
before = tracemalloc.take_snapshot()
for page in range(300):
    count('page %d of the book has number %d' % (page, page * 7))
after = tracemalloc.take_snapshot()

for difference in after.compare_to(before, 'lineno')[:5]:
    print(difference)
`,
  },
  {
    id: 'traceback',
    title: 'Who called the line',
    language: 'python',
    source: `import tracemalloc

# Without a number only the innermost frame is kept.
tracemalloc.start(25)


def make_row(width):
    return [0.5 * column for column in range(width)]


def make_table(height):
    return [make_row(40) for _ in range(height)]


def load():
    return {'small': make_table(5), 'large': make_table(100)}


data = load()

biggest = tracemalloc.take_snapshot().statistics('traceback')[0]
print('%d blocks, %.1f KiB' % (biggest.count, biggest.size / 1024))
for line in biggest.traceback.format():
    print(line)
`,
  },
  {
    id: 'filters',
    title: 'One file only, and what is left out',
    language: 'python',
    source: `import json
import tracemalloc

tracemalloc.start()

text = json.dumps([{'name': 'item %d' % n, 'price': n} for n in range(50)])
items = json.loads(text)

snapshot = tracemalloc.take_snapshot()
mine = snapshot.filter_traces([tracemalloc.Filter(True, '*main.py')])
others = snapshot.filter_traces([tracemalloc.Filter(False, '*main.py')])


def size_of(part):
    return sum(statistic.size for statistic in part.statistics('filename'))


print('allocated by lines of main.py: %d bytes' % size_of(mine))
print('allocated by other files:      %d bytes' % size_of(others))
for statistic in others.statistics('filename')[:3]:
    print('   ', statistic)
`,
  },
  {
    id: 'peak',
    title: 'The peak, and what is left of it',
    language: 'python',
    source: `import tracemalloc

tracemalloc.start()


def report(when):
    current, peak = tracemalloc.get_traced_memory()
    print('%-18s %8d bytes now, %8d at the peak' % (when, current, peak))


report('at first')
squares = [[row * column for column in range(100)] for row in range(100)]
report('with all squares')
total = sum([sum(row) for row in squares])
squares = None
report('without them')
tracemalloc.reset_peak()
report('after a reset')
total = sum(sum(row * column for column in range(100)) for row in range(100))
report('one at a time')
`,
  },
  {
    id: 'object',
    title: 'Where one object comes from',
    language: 'python',
    source: `import tracemalloc

tracemalloc.start(10)


def connect(name):
    return {'name': name, 'open': True}


def pool(size):
    return [connect('connection %d' % i) for i in range(size)]


connections = pool(3)
lost = connections[1]

for line in tracemalloc.get_object_traceback(lost).format():
    print(line)
`,
  },
  {
    id: 'limit',
    title: 'Against the memory limit',
    language: 'python',
    source: `# The playground lets a program have so much and no more: choose 4 MiB.
kept = []
try:
    while True:
        kept.append([0.0] * 1000)
except MemoryError:
    reached = len(kept)
    del kept[reached // 2:]
    print('no more after %d lists, so half of them went' % reached)

print('and the program goes on with %d' % len(kept))
`,
  },
  {
    id: 'endless',
    title: 'An endless loop, for Stop',
    language: 'python',
    source: `# Stop ends it. What it had at the last look stays on show.
kept = []
number = 0
while True:
    number += 1
    if number % 1000 == 0:
        kept.append('after %d rounds' % number)
`,
  },
  {
    id: 'lua-differences',
    title: 'Lua: what grew between two snapshots',
    language: 'lua',
    source: `local tracemalloc = require 'tracemalloc'
tracemalloc.start(10)

local log = {}
local function handle(request)
  log[#log + 1] = { request = request, text = 'handled ' .. request }
end

local before = tracemalloc.take_snapshot()
for request = 1, 500 do
  handle(request)
end
local after = tracemalloc.take_snapshot()

for i, difference in ipairs(after:compare_to(before, 'lineno')) do
  if i > 3 then break end
  print(difference)
end
`,
  },
  {
    id: 'lua-traceback',
    title: 'Lua: a coroutine’s stack',
    language: 'lua',
    source: `local tracemalloc = require 'tracemalloc'
tracemalloc.start(25)

local function row(width)
  local cells = {}
  for i = 1, width do cells[i] = i * 0.5 end
  return cells
end

local rows = {}
local producer = coroutine.wrap(function()
  for i = 1, 100 do coroutine.yield(row(i)) end
end)
for i = 1, 100 do rows[i] = producer() end

local biggest = tracemalloc.take_snapshot():statistics('traceback')[1]
print(biggest.size .. ' bytes in ' .. biggest.count .. ' blocks')
for _, line in ipairs(biggest.traceback:format()) do print(line) end
`,
  },
  {
    id: 'lua-endless',
    title: 'Lua: an endless loop, for Stop',
    language: 'lua',
    source: `local kept = {}
local rounds = 0
while true do
  rounds = rounds + 1
  if rounds % 100000 == 0 then kept[#kept + 1] = { rounds = rounds } end
end
`,
  },
];
