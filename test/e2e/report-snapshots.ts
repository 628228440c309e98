import { ShadowStack, type Snapshot, Tracer } from '@tracemalloc/core';
import { recordTimeline } from '@tracemalloc/core/timeline';

type Call = readonly [file: string, line: number, functionName: string];

const app = '/srv/shop/app.py';
const cache = '/srv/shop/cache.py';
const json = '/usr/lib/python3.14/json/decoder.py';

const run: Call = [app, 24, '<module>'];
const handle: Call = [app, 15, 'handle'];

/** Where blocks are allocated, oldest frame first; sizes are of one block. */
const places: readonly (readonly [calls: readonly Call[], type: string, size: number])[] = [
  [[run, handle, [cache, 7, 'Cache.put']], 'dict', 360],
  [[run, handle, [cache, 8, 'Cache.put']], 'str', 96],
  [
    [run, handle, [app, 9, 'load'], [json, 344, 'JSONDecoder.decode'], [json, 355, 'scan']],
    'dict',
    232,
  ],
  [
    [run, handle, [app, 9, 'load'], [json, 344, 'JSONDecoder.decode'], [json, 361, 'scan']],
    'list',
    120,
  ],
  [[run, handle, [app, 10, 'load']], 'bytes', 1504],
  [[run, handle, [app, 16, 'handle'], [app, 20, 'render']], 'str', 488],
  [[run, [app, 3, 'walk'], [app, 4, 'walk'], [app, 4, 'walk'], [app, 5, 'walk']], 'tuple', 64],
  [
    [
      [app, 1, '<module>'],
      ['<frozen importlib._bootstrap>', 488, '_call_with_frames_removed'],
    ],
    'module',
    72,
  ],
];

/** Names that would do harm or deceive if a page took them for anything but text. */
const hostile: readonly Call[] = [
  ['</script><img src=x onerror=alert(1)>', 1, '<b onclick=alert(2)>bold</b>'],
  ['javascript:alert(3)', 2, '"><svg/onload=alert(4)>'],
  ['invoice\u202egpj.exe', 3, 'a\0b\x1b[31m'],
  [`/${'deep/'.repeat(2000)}end.py`, 4, `f${'x'.repeat(10_000)}`],
  ['lone\ud800surrogate.py', 5, '\udc00'],
];

/** A millisecond a round, a heap that grows a KiB in each, and marks: the same in each run. */
function recordRounds(tracer: Tracer): (round: number, rounds: number) => void {
  let now = 0;
  recordTimeline(tracer, {
    every: '1 ms',
    births: true,
    clock: () => now,
    hostHeap: () => 2 ** 20 + 1024 * now,
  });
  return (round, rounds) => {
    if (round === rounds >> 1) tracer.mark('half </script>');
    if (round === rounds - 10) tracer.mark('closing');
    now++;
  };
}

/**
 * What a small shop holds in memory after `rounds` requests, with a time line if it is asked for;
 * the same for the same arguments.
 */
export function shopSnapshot(rounds: number, withHostile = true, withTime = false): Snapshot {
  const tracer = new Tracer();
  tracer.setMetadata({ host: 'example 1.0', sizeModel: 'exact', liveness: 'exact' });
  tracer.start(16);
  const stack = new ShadowStack(tracer);
  const heap = tracer.domain({ name: 'guest', ids: 'serial' });
  const onRound = withTime ? recordRounds(tracer) : () => {};
  let id = 0;
  const allocate = (calls: readonly Call[], type: string, size: number): number => {
    for (const [file, line, name] of calls) {
      stack.enter(tracer.frame(tracer.string(file), line, tracer.string(name)));
    }
    tracer.alloc(heap, id, size, stack.traceback(), tracer.type(type));
    stack.unwindTo(0);
    return id++;
  };
  for (let round = 0; round < rounds; round++) {
    onRound(round, rounds);
    for (const [place, [calls, type, size]] of places.entries()) {
      const block = allocate(calls, type, size + ((round * 7) % 64));
      // Rendered pages are freed at once, and of what was loaded most is freed later.
      if (type === 'str' && place === 5) tracer.free(heap, block);
      if (place === 4 && round % 4 !== 0) tracer.free(heap, block);
      if (place === 6 && round > rounds / 2) tracer.free(heap, block);
    }
  }
  for (const call of withHostile ? hostile : []) {
    allocate([run, call], '<img src=x onerror=alert(5)>', 4000);
  }
  return tracer.takeSnapshot();
}

/** The text of the shop's two files, the second with lines that try to deceive. */
export const shopSources: Readonly<Record<string, string>> = {
  [app]: `import json
def walk(tree):
\tif tree.left:
\t\twalk(tree.left)
\treturn (tree.key, tree.value)

def load(name):
    with open(name, 'rb') as file:
        data = json.loads(file.read())
        raw = file.read()
    return data, raw

def handle(request):
    data, raw = load(request.path)
    CACHE.put(request.path, data)
    return render(data, title=request.path, footer='Thank you for your order', currency='EUR')

def render(data, **fields):
    # Each page is built anew and dropped when it is sent.
    return ''.join(f'<li>{name}: {value}</li>' for name, value in data.items())

# Serve until the queue is empty.
for request in queue:
    handle(request)
`,
  [cache]: `class Cache:
    def __init__(self):
        self.entries = {}

    def put(self, key, value):
        # \u202e nothing to see \u202c </script><img src=x onerror=alert(6)>
        self.entries[key] = dict(value)
        self.names[key] = str(key)\u0007
`,
};
