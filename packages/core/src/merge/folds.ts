import { compact } from '../snapshot/columns.ts';
import type { TableColumns } from '../table/table-columns.ts';
import type { Tables } from '../table/tables.ts';
import { ChildCounts } from './child-counts.ts';
import { type Folded, foldLevels, tiers } from './fold-levels.ts';
import { FoldedColumns } from './folded-columns.ts';
import { marks, placeKinds } from './places.ts';
import { SitePatterns } from './site-patterns.ts';

/**
 * What of a sum is folded, so that it has at most so many sites. Whether names, a line, a file or a
 * folder are folded depends on how many distinct children there are in all that was added, and that
 * never gets less: so the order in which snapshots come, and merging them in groups, make no
 * difference. What is folded counts as its bound, for the same reason: the level is the first one at
 * which {@link rows} is low enough.
 */
export class Folds {
  #level = 0;
  /** By tier. */
  readonly #folded: readonly Set<number>[] = tiers.map(() => new Set());
  /** By tier, as far as the level goes. */
  #counts: ChildCounts[] = [];
  #patterns: SitePatterns | null = null;
  /** Sites of the tables that are counted. */
  #counted = 0;

  get level(): number {
    return this.#level;
  }

  /** As metadata say it; `null` = nothing. */
  get metadata(): Folded | null {
    return foldLevels[this.#level]!;
  }

  /** Sites that there may be at this level: those that there are, and for what is folded its bound. */
  get rows(): number {
    return this.#counts.at(-1)?.rows ?? this.#counted;
  }

  /** Folds more. At the last level there is one row. Cost: O(sites) where a tier begins. */
  deepen(tables: Tables): void {
    const level = foldLevels[++this.#level]!;
    const last = Object.keys(level).length - 1;
    if (last < this.#counts.length) {
      this.#counts[last]!.tighten(level[tiers[last]!]!);
    } else {
      this.#startCounts();
      this.count(tables);
    }
  }

  /** The tables that were counted are no more. */
  forgetTables(): void {
    this.#patterns = null;
    this.#startCounts();
  }

  /** Counts the sites that tables have since the last time. */
  count(tables: Tables): void {
    const last = tables.sites.length - 1;
    if (this.#counts.length > 0) {
      this.#patterns ??= new SitePatterns((row) => tables.strings.at(row));
      for (let site = this.#counted + 1; site <= last; site++) {
        this.#countSite(tables, site, this.#patterns);
      }
    }
    this.#counted = last;
  }

  /** The columns with what is folded at this level. */
  apply<T extends TableColumns>(columns: T): T {
    if (this.#counts.length === 0) return columns;
    const { sites, tracebacks, frames, strings } = columns;
    const patterns = new SitePatterns((row) => strings[row]!);
    const folded = new FoldedColumns(columns, patterns);
    const placeTiers = new Map<number, number>();
    for (let site = 0; site < sites.length; site++) {
      const row = sites.traceback[site]!;
      const [from, end] = [tracebacks.offset[row]!, tracebacks.offset[row + 1]!];
      // Of a site without frames there is a pattern only.
      const top = from === end ? -1 : tracebacks.frame[from]!;
      let tier = placeTiers.get(top);
      if (tier === undefined) {
        const [file, name] = [frames.file[top] ?? 0, frames.functionName[top] ?? 0];
        tier = this.#placeTierOf(placesOf(patterns, file, frames.line[top] ?? 0, name));
        placeTiers.set(top, tier);
      }
      if (tier > 0) {
        folded.toPlace(site, top, placeKinds[tier - 1]!);
        continue;
      }
      for (let i = from; i < end; i++) {
        const frame = tracebacks.frame[i]!;
        patterns.addFrame(frames.file[frame]!, frames.line[frame]!, frames.functionName[frame]!);
      }
      const pattern = patterns.finish(sites.domain[site]!, sites.type[site]!, sites.label[site]!);
      if (this.#folded[0]!.has(pattern)) folded.toPattern(site);
    }
    return compact(folded.finish());
  }

  #startCounts(): void {
    const level = foldLevels[this.#level];
    this.#counted = 0;
    this.#counts = tiers.flatMap((tier, i) => {
      const most = level?.[tier];
      return most === undefined ? [] : [new ChildCounts(most, this.#folded[i]!)];
    });
  }

  #countSite(
    { sites, tracebacks, frames, strings, codes }: Tables,
    site: number,
    patterns: SitePatterns,
  ) {
    const traceback = sites.tracebackOf(site);
    const length = tracebacks.frameCountOf(traceback);
    for (let i = 0; i < length; i++) {
      const frame = tracebacks.frameOf(traceback, i);
      patterns.addFrame(frames.fileOf(frame), frames.lineOf(frame), frames.functionOf(frame));
    }
    const domain = codes[sites.domainOf(site)]!;
    const pattern = patterns.finish(domain, sites.typeOf(site), sites.labelOf(site));
    if (patterns.wasPattern) this.#counts[0]!.fold(pattern);
    let isNew = this.#counts[0]!.add(pattern);
    if (this.#counts.length === 1) return;
    const top = length === 0 ? null : tracebacks.frameOf(traceback, 0);
    const places =
      top === null
        ? placesOf(patterns, 0, 0, 0)
        : placesOf(patterns, frames.fileOf(top), frames.lineOf(top), frames.functionOf(top));
    const caller = length === 2 ? frames.fileOf(tracebacks.frameOf(traceback, 1)) : 0;
    const mark = strings.at(caller);
    for (let tier = 1; tier < this.#counts.length; tier++) {
      const counts = this.#counts[tier]!;
      if (mark === marks[placeKinds[tier - 1]!]) counts.fold(places[tier - 1]!);
      if (isNew) isNew = counts.add(places[tier - 1]!);
    }
  }

  /** The highest tier of which the place is folded; 0 = none. */
  #placeTierOf(places: readonly number[]): number {
    for (let tier = this.#counts.length - 1; tier > 0; tier--) {
      if (this.#folded[tier]!.has(places[tier - 1]!)) return tier;
    }
    return 0;
  }
}

/** Line, file, folder and all. */
function placesOf(
  patterns: SitePatterns,
  file: number,
  line: number,
  functionName: number,
): number[] {
  return [
    patterns.lineOf(file, line, functionName),
    patterns.fileOf(file),
    patterns.folderOf(file),
    0,
  ];
}
