/** What a step of the lesson looks at: the last run, and what the reader did. */
export type Progress = {
  /** All that the last run printed. */
  readonly output: string;
  /** Whether it ran to its end. */
  readonly isGood: boolean;
  readonly hasOpenedReport: boolean;
};

/** A step of the leak hunt. */
export type Step = {
  readonly title: string;
  /** Paragraphs. */
  readonly text: readonly string[];
  /** What the editor is given; left out: what is there stays. */
  readonly source?: string;
  readonly isDone: (progress: Progress) => boolean;
};

const service = `pages = {}


def render(product):
    return ['<h1>product %d</h1>' % product, '<p>in stock</p>']


def handle(request, product):
    key = (product, request)
    if key not in pages:
        pages[key] = render(product)
    return pages[key]


def serve(first, count):
    for request in range(first, first + count):
        handle(request, request % 20)
`;

const rounds = `import tracemalloc

tracemalloc.start(25)
${service}

for number in range(1, 6):
    serve(number * 200, 200)
    current, peak = tracemalloc.get_traced_memory()
    print('after round %d: %d bytes' % (number, current))
`;

const differences = `import tracemalloc

tracemalloc.start(25)
${service}

serve(0, 200)                          # to warm up: what is kept once is no leak
before = tracemalloc.take_snapshot()
serve(200, 400)
after = tracemalloc.take_snapshot()

for difference in after.compare_to(before, 'lineno')[:4]:
    print(difference)
`;

const callers = `import tracemalloc

tracemalloc.start(25)
${service}

serve(0, 200)
before = tracemalloc.take_snapshot()
serve(200, 400)
after = tracemalloc.take_snapshot()

leak = after.compare_to(before, 'traceback')[0]
print('%+d blocks, %+d bytes' % (leak.count_diff, leak.size_diff))
for line in leak.traceback.format():
    print(line)
`;

/** Bytes printed after the first and after the last round. */
function growth(output: string): number | null {
  const figures = [...output.matchAll(/after round \d+: (\d+) bytes/g)].map(([, text]) =>
    Number(text),
  );
  return figures.length < 5 ? null : figures.at(-1)! - figures[0]!;
}

/** A leak, hunted in five steps. Works in each of the Pythons. */
export const steps: readonly Step[] = [
  {
    title: 'Does it grow?',
    text: [
      'A small shop answers requests. It has 20 products and keeps pages that it has made, so its memory should come to rest.',
      'Run it. A leak shows itself by growing with the work that is done, round after round.',
    ],
    source: rounds,
    isDone: ({ output, isGood }) => isGood && (growth(output) ?? 0) > 10_000,
  },
  {
    title: 'Which line?',
    text: [
      'What is in use tells you little: most of it belongs there. So take a snapshot, let the program work, take another, and ask what is more than before.',
      'Run it. The first line has what was allocated there and is still kept: with it, +bytes and +blocks. 400 requests, and how many blocks more?',
    ],
    source: differences,
    isDone: ({ output, isGood }) => isGood && /main\.py:\d+: .*\(\+/.test(output),
  },
  {
    title: 'Who asked for it?',
    text: [
      'A line that allocates is seldom the one that is wrong: render() makes what it is asked for. Grouped by traceback, each way to the line is by itself, the most recent call last.',
      'Run it, and read upwards: who keeps what render() gives?',
    ],
    source: callers,
    isDone: ({ output, isGood }) => isGood && /File "main\.py", line \d+/.test(output),
  },
  {
    title: 'See all of it',
    text: [
      'The panel shows the biggest lines. The full report has the same run as a flame graph, as a table, by caller and beside the source.',
      'Open the full report. Its first sentences name the same line.',
    ],
    isDone: ({ hasOpenedReport }) => hasOpenedReport,
  },
  {
    title: 'Mend it',
    text: [
      'pages is a cache whose key has the number of the request in it. No number comes twice: nothing is ever found, all is kept.',
      'Change the line to “key = product”, and run: from the second round on nothing is added.',
    ],
    source: rounds,
    isDone: ({ output, isGood }) => {
      const grown = growth(output);
      return isGood && grown !== null && grown < 4000;
    },
  },
];
