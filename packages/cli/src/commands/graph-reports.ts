import { CliError, exitStatus } from '../cli-error.ts';
import type { ReportOptions } from '../options.ts';
import { made, type ReportCommand } from './report-command.ts';

const graphHelp = 'a file of ours that `tracemalloc run --graph -o` wrote; - is standard input';

/** Of snapshots with a graph, in the order of `--help`. */
export const graphReports: readonly ReportCommand[] = [
  {
    name: 'holders',
    description: 'print who keeps objects alive, of a snapshot that `run --graph` took',
    ofGraph: true,
    takes: (command) =>
      command
        .argument('<snapshot>', graphHelp)
        .argument(
          '<objects...>',
          'a type (Order, dict*), FILE:LINE where they were born, file:PATTERN, held-by:NAME; several with & | - and parentheses between',
        ),
    limit: ['ways to list', 5],
    options: (command) =>
      command
        .option('--dot', "the ways as a graph in Graphviz's language; also -o FILE.dot")
        .option('--svg', 'the ways as a picture; also -o FILE.svg'),
    make: async (_, [snapshot], options, __, [, ...words]) => {
      const objects = words.join(' ');
      const { limit } = options;
      const { holdersReport } = await import('@tracemalloc/report/objects');
      return made(
        asked(() => holdersReport(snapshot, { objects, limit })),
        await shapeOf(options),
      );
    },
    examples: [
      ['tracemalloc holders app.tm app.py:13', 'who keeps what line 13 made'],
      ['tracemalloc holders app.tm Order', 'who keeps the Orders'],
      ['tracemalloc holders -o order.svg app.tm Order', 'as a picture'],
      ["tracemalloc holders app.tm 'list & line:app.py:3 - held-by:cache'", 'set algebra'],
    ],
  },
  {
    name: 'retained',
    description: 'print what would be free without the objects of a type, a line or a root',
    ofGraph: true,
    takes: (command) => command.argument('<snapshot>', graphHelp),
    limit: ['rows of each table', 10],
    options: (command) => command,
    make: async (_, [snapshot], { limit }) => {
      const { formatRetained, retainedReport } = await import('@tracemalloc/report/objects');
      return made(retainedReport(snapshot, { limit }), formatRetained);
    },
    examples: [
      ['tracemalloc retained app.tm', 'by type, by line and by root'],
      ['tracemalloc retained --json app.tm', 'the same for programs'],
    ],
  },
  {
    name: 'types',
    description:
      'print objects by type, all or a set of them, of a snapshot that `run --graph` took',
    ofGraph: true,
    takes: (command) => command.argument('<snapshot>', graphHelp),
    limit: ['types to list', 10],
    options: (command) =>
      command.option('--type <objects>', 'which objects: as `holders` takes them (default: all)'),
    make: async (_, [snapshot], { limit, type }) => {
      const { formatTypes, typesReport } = await import('@tracemalloc/report/objects');
      // Here the option is one text, and there are no filters.
      const objects = String(type ?? '');
      return made(
        asked(() => typesReport(snapshot, { objects, limit })),
        formatTypes,
      );
    },
    examples: [
      ['tracemalloc types app.tm', 'what the heap is made of'],
      ["tracemalloc types app.tm --type 'list & line:app.py:3 - held-by:cache'", 'set algebra'],
    ],
  },
  {
    name: 'cycles',
    description: 'print which objects hold each other, so that only a collector frees them',
    ofGraph: true,
    takes: (command) => command.argument('<snapshot>', graphHelp),
    limit: ['cycles to list', 10],
    options: (command) => command,
    make: async (_, [snapshot], { limit }) => {
      const { cyclesReport, formatCycles } = await import('@tracemalloc/report/objects');
      return made(cyclesReport(snapshot, { limit }), formatCycles);
    },
    examples: [['tracemalloc cycles app.tm', 'the biggest first']],
  },
];

/** How ways are shown: as text, or as a picture where an option or the name of the file says so. */
async function shapeOf({ dot, svg, output }: ReportOptions) {
  const { formatHolders, holdersDot, holdersSvg } = await import('@tracemalloc/report/objects');
  if (dot === true && svg === true) {
    throw new CliError(exitStatus.usage, '--dot and --svg are two formats: leave one out');
  }
  const ending = dot === true || svg === true ? '' : (output?.toLowerCase() ?? '');
  if (svg === true || ending.endsWith('.svg')) return holdersSvg;
  return dot === true || ending.endsWith('.dot') ? holdersDot : formatHolders;
}

/** @throws CliError with status 2 for objects that can't be understood. */
function asked<Report>(make: () => Report): Report {
  try {
    return make();
  } catch (error) {
    if (error instanceof SyntaxError) throw new CliError(exitStatus.usage, error.message);
    throw error;
  }
}
