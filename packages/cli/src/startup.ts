import { CliError, exitStatus } from './cli-error.ts';

const maxInt = 0x7fffffff;
const maxNframe = 65535;

/** What asks for tracing before the program's first line. */
export type StartupSources = {
  /** `--nframe`, ours: wins over everything. */
  readonly nframe: string | undefined;
  /** Every `-X` option, in order. */
  readonly xOptions: readonly string[];
  /** The environment variable PYTHONTRACEMALLOC. */
  readonly variable: string | undefined;
};

/**
 * Frames to keep from the program's first line on; 0 = don't trace until the program says so.
 * Rules and texts are CPython's: `-X` beats the variable, but a bad variable is fatal even so; of
 * two `-X tracemalloc` the first counts; 0 and an empty value mean off.
 *
 * @throws CliError with CPython's "Fatal Python error" text, or naming `--nframe`.
 */
export function startupNframe(sources: StartupSources, fallback: number): number {
  const fromVariable = parseVariable(sources.variable);
  const fromX = parseX(sources.xOptions);
  if (sources.nframe !== undefined) return parseNframe(sources.nframe);
  const nframe = fromX ?? fromVariable ?? fallback;
  if (nframe <= maxNframe) return nframe;
  throw fatal(
    `init_interp_main: can't start tracemalloc\n` +
      `ValueError: the number of frames must be in range [1; ${maxNframe}]`,
  );
}

function parseVariable(value: string | undefined): number | undefined {
  if (value === undefined || value === '') return;
  return (
    parseFrames(value) ??
    raise('config_init_tracemalloc: PYTHONTRACEMALLOC: invalid number of frames')
  );
}

function parseX(options: readonly string[]): number | undefined {
  for (const option of options) {
    if (option === 'tracemalloc') return 1;
    if (!option.startsWith('tracemalloc=')) continue;
    const value = option.slice('tracemalloc='.length);
    if (value === '') return 0;
    return (
      parseFrames(value) ??
      raise('config_init_tracemalloc: -X tracemalloc=NFRAME: invalid number of frames')
    );
  }
  return;
}

/** C's strtol with base 10, as CPython uses it: undefined for what CPython refuses. */
function parseFrames(text: string): number | undefined {
  if (!/^[ \t-\r]*[+-]?\d+$/.test(text)) return;
  const value = Number(text);
  return value >= 0 && value <= maxInt ? value + 0 : undefined; // + 0: '-0' is 0
}

function parseNframe(text: string): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value <= maxNframe) return value;
  throw new CliError(
    exitStatus.usage,
    `--nframe must be an integer in 0..${maxNframe} (0 = the program starts tracing itself), got '${text}'`,
  );
}

function raise(message: string): never {
  throw fatal(message);
}

function fatal(message: string): CliError {
  return new CliError(exitStatus.error, `Fatal Python error: ${message}`);
}
