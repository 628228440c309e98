import type { ReportModel } from './model.ts';
import { frameLabel } from './text.ts';

const lowered = new WeakMap<ReportModel['lineOf'], readonly string[]>();

/**
 * By frame row, 1 = its function, its place or its source has the text, whatever the case, or what
 * `/…/` matches. `null` = no search, or no regular expression.
 */
export function matchingFrames(model: ReportModel, text: string): Uint8Array | null {
  const matches = matcherOf(text);
  if (matches === null) return null;
  return Uint8Array.from(textsOf(model), (words) => (matches(words) ? 1 : 0));
}

/** Whether the text asks for a regular expression that is none. */
export function isBadPattern(text: string): boolean {
  return text !== '' && matcherOf(text) === null;
}

function matcherOf(text: string): ((words: string) => boolean) | null {
  if (text === '') return null;
  const [, pattern] = /^\/(.+)\/$/.exec(text) ?? [];
  if (pattern === undefined) {
    const wanted = text.toLowerCase();
    return (words) => words.includes(wanted);
  }
  try {
    const expression = new RegExp(pattern, 'iu');
    return (words) => expression.test(words);
  } catch {
    return null;
  }
}

/** What is searched, made once for a report: frames are the same however it is folded. */
function textsOf(model: ReportModel): readonly string[] {
  let texts = lowered.get(model.lineOf);
  if (texts === undefined) {
    const { data } = model.joined;
    texts = Array.from({ length: data.frames.length }, (_, frame) =>
      `${frameLabel(data, frame)}\n${model.lineOf(frame)}`.toLowerCase(),
    );
    lowered.set(model.lineOf, texts);
  }
  return texts;
}
