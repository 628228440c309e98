import type { Metric, Place } from '@tracemalloc/core/analysis';

/** What a finding is about. */
export type FindingKind =
  | 'growth'
  | 'few-lines'
  | 'peak'
  | 'imports'
  | 'library'
  | 'temporary'
  | 'type'
  | 'cut-stacks'
  | 'sampled'
  | 'sizes'
  | 'frees'
  | 'measured-otherwise'
  | 'nothing';

/** A piece of a sentence: words, a number of bytes, a line of the program, or a name of the guest's. */
export type FindingPart =
  | string
  | { readonly bytes: number }
  | { readonly place: Place }
  | { readonly name: string };

/** One sentence about a snapshot, computed of its figures, and where to look. */
export type Finding = {
  /** What it is about: a stable word, for programs. */
  readonly kind: FindingKind;
  /** The sentence, without a full stop. */
  readonly parts: readonly FindingPart[];
  /** What to do about it, in words; `null` where the finding says all. */
  readonly advice: string | null;
  /** What it counts, for whoever shows the figures behind it. */
  readonly metric: Metric;
  /** Whether it is about a difference. */
  readonly isDifference: boolean;
  /** 0 … 1: of how much memory it speaks; `null` where that is no question of size. */
  readonly share: number | null;
};

/** `71 %`, as sentences write it: whole, but never 0 or 100 where it is not. */
export function percent(share: number): string {
  if (share > 0.995 && share < 1) return 'more than 99 %';
  return share > 0 && share < 0.005 ? 'less than 1 %' : `${Math.round(share * 100)} %`;
}

/** `1 line`, `3 lines` */
export function counted(count: number, one: string): string {
  const rounded = Math.round(count);
  return `${String(rounded).replace(/\B(?=(\d{3})+$)/g, ',')} ${one}${rounded === 1 ? '' : 's'}`;
}

/** `a, b and c` of parts. */
export function listed(items: readonly FindingPart[]): FindingPart[] {
  return items.flatMap((item, index) => {
    if (index === 0) return [item];
    return [index === items.length - 1 ? ' and ' : ', ', item];
  });
}
