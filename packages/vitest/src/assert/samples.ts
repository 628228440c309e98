import type {
  BlockId,
  Bytes,
  DomainRow,
  TracebackRow,
  Tracer,
  TracerEvents,
  TypeRow,
} from '@tracemalloc/core';
import { type SiteUse, siteKey } from './site-use.ts';

/** Says in words what is in a block, by the domain and id under which the adapter reported it. */
export type ShowBlock = (domain: DomainRow, id: BlockId) => string;

type Block = { readonly id: BlockId; readonly traceback: TracebackRow; readonly type: TypeRow };

/** Knows the blocks that live of those that were allocated since it began to listen. */
export class Samples implements TracerEvents {
  readonly #live = new Map<DomainRow, Map<BlockId, Block>>();
  readonly #survivors = new Map<DomainRow, Map<BlockId, Block>>();

  alloc(domain: DomainRow, id: BlockId, _: Bytes, traceback: TracebackRow, type: TypeRow): void {
    blocksOf(this.#live, domain).set(id, { id, traceback, type });
  }

  realloc(
    domain: DomainRow,
    from: BlockId,
    to: BlockId,
    size: Bytes,
    traceback: TracebackRow,
    type: TypeRow,
  ): void {
    this.free(domain, from);
    this.alloc(domain, to, size, traceback, type);
  }

  retag(domain: DomainRow, id: BlockId, traceback: TracebackRow, type: TypeRow): void {
    this.alloc(domain, id, 0, traceback, type);
  }

  free(domain: DomainRow, id: BlockId): void {
    this.#live.get(domain)?.delete(id);
  }

  freeAll(domain: DomainRow): void {
    this.#live.delete(domain);
  }

  gcBegin(domain: DomainRow): void {
    this.#survivors.set(domain, new Map());
  }

  survive(domain: DomainRow, from: BlockId, to: BlockId): void {
    const block = this.#live.get(domain)?.get(from);
    if (block !== undefined) blocksOf(this.#survivors, domain).set(to, { ...block, id: to });
  }

  gcEnd(domain: DomainRow): void {
    const survivors = this.#survivors.get(domain);
    if (survivors !== undefined) this.#live.set(domain, survivors);
    this.#survivors.delete(domain);
  }

  clear(): void {
    this.#live.clear();
  }

  resize(): void {}
  countAllocated(): void {}
  setLabel(): void {}
  walk(): void {}

  /** The sites with what `show` says of their newest blocks, so many of each. */
  shownIn(tracer: Tracer, sites: readonly SiteUse[], show: ShowBlock, most: number): SiteUse[] {
    const bySite = new Map<string, { domain: DomainRow; id: BlockId }[]>();
    for (const [domain, blocks] of this.#live) {
      for (const { id, traceback, type } of blocks.values()) {
        const frames = [...tracer.tracebackAt(traceback).frames].reverse();
        const key = keyOf(frames, type);
        const known = bySite.get(key);
        if (known === undefined) bySite.set(key, [{ domain, id }]);
        else known.push({ domain, id });
      }
    }
    return sites.map((site) => {
      // The row of a type that is known already.
      const blocks = bySite.get(keyOf(site.frames, tracer.type(site.type))) ?? [];
      const shown = most === 0 ? [] : blocks.slice(-most);
      return { ...site, samples: shown.map(({ domain, id }) => textOf(show, domain, id)) };
    });
  }
}

function keyOf(frames: SiteUse['frames'], type: TypeRow): string {
  return `${type} ${siteKey(frames, '')}`;
}

/** A `show` that fails does not hide the leak. */
function textOf(show: ShowBlock, domain: DomainRow, id: BlockId): string {
  try {
    return String(show(domain, id)).replace(/\s+/g, ' ').slice(0, 200);
  } catch (error) {
    return `(not shown: ${String(error)})`;
  }
}

function blocksOf(
  all: Map<DomainRow, Map<BlockId, Block>>,
  domain: DomainRow,
): Map<BlockId, Block> {
  const known = all.get(domain);
  if (known !== undefined) return known;
  const blocks = new Map<BlockId, Block>();
  all.set(domain, blocks);
  return blocks;
}
