import { type Snapshot, Tracer } from '../src/index.ts';

/**
 * A snapshot from lines such as `100  a.py:3 < main.py:9`: a size, then the frames, MOST RECENT
 * FIRST. A frame may name its function (`a.py:3 f`), and a line may end in `domain=2`,
 * `type=list`, `label=GET /`, `total=30` (frames before the limit), and `freed` when the block is
 * freed at once. No frames at all: `100  -`.
 */
export function snapshotOf(text: string): Snapshot {
  const traces = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(parseLine);
  const tracer = new Tracer();
  tracer.start(Math.max(1, ...traces.map(({ frames }) => frames.length)));
  const domains = new Map<number, number>();
  for (const [id, { size, frames, domain, type, label, total, isFreed }] of traces.entries()) {
    if (!domains.has(domain)) {
      const options = { name: `domain ${domain}`, ids: 'serial', code: domain } as const;
      domains.set(domain, tracer.domain(options));
    }
    for (const [i, frame] of frames.entries()) {
      const file = tracer.string(frame.file);
      tracer.stack[i] = tracer.frame(file, frame.line, tracer.string(frame.name));
    }
    const traceback = tracer.capture(frames.length, total);
    tracer.setLabel(tracer.label(label));
    tracer.alloc(domains.get(domain)!, id, size, traceback, tracer.type(type));
    if (isFreed) tracer.free(domains.get(domain)!, id);
  }
  return tracer.takeSnapshot();
}

/** The traces as {@link snapshotOf} takes them, in the order of their text. */
export function textOf(snapshot: Snapshot): string {
  const { sites, strings } = snapshot.data;
  const lines = Array.from(snapshot.traces, ({ domain, size, traceback }, row) => {
    const frames = traceback.frames.map((frame) => {
      return frame.functionName === '' ? `${frame}` : `${frame} ${frame.functionName}`;
    });
    const type = strings[sites.type[snapshot.data.traces.site[row]!]!]!;
    const text = [`${size}  ${frames.reverse().join(' < ')}`];
    if (domain !== 0) text.push(`domain=${domain}`);
    if (type !== '') text.push(`type=${type}`);
    if (traceback.totalNframe !== traceback.length) text.push(`total=${traceback.totalNframe}`);
    return text.join('  ');
  });
  return lines.sort().join('\n');
}

type Line = {
  size: number;
  frames: { file: string; line: number; name: string }[];
  domain: number;
  type: string;
  label: string;
  total: number;
  isFreed: boolean;
};

function parseLine(line: string): Line {
  const [size, stack, ...rest] = line.split(/ {2,}/);
  const fields = new Map(rest.map((field) => field.split('=', 2) as [string, string]));
  const frames = stack === '-' ? [] : stack!.split(' < ').map(parseFrame);
  return {
    size: Number(size),
    frames,
    domain: Number(fields.get('domain') ?? 0),
    type: fields.get('type') ?? '',
    label: fields.get('label') ?? '',
    isFreed: fields.has('freed'),
    total: Number(fields.get('total') ?? frames.length),
  };
}

function parseFrame(text: string): Line['frames'][number] {
  const [place, name = ''] = text.split(' ', 2) as [string, string?];
  const colon = place.lastIndexOf(':');
  return { file: place.slice(0, colon), line: Number(place.slice(colon + 1)), name };
}
