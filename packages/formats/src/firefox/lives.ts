import type { TimelineData } from '@tracemalloc/core/timeline';

/** Bytes of a site that were allocated in one point and were gone in another one, or stayed. */
export type Life = {
  readonly site: number;
  /** −1 = before the time line. */
  readonly from: number;
  /** `Infinity` = there at the end. */
  readonly to: number;
  readonly size: number;
};

/**
 * How long what was allocated lived, in points of a time line that knows when blocks were born. What
 * came and went in one point is a life of that point. In the order of their beginnings.
 *
 * @param first Live bytes by site at the beginning. Cost: O(changes + deaths).
 */
export function livesOf(timeline: TimelineData, first: Float64Array): Life[] {
  const { points, changes } = timeline;
  const births = new Births();
  const lives: Life[] = [];
  for (const [site, size] of first.entries()) births.add(site, -1, -1, size);
  for (let point = 0; point < points.length; point++) {
    const lost = new Map<number, number>();
    const grown = takeDeaths(timeline, point, births, lost, lives);
    const birth = point === 0 ? 0 : points.tick[point - 1]!;
    for (let row = points.changeOffset[point]!; row < points.changeOffset[point + 1]!; row++) {
      const site = changes.site[row]!;
      const left = changes.liveSize[row]! + (lost.get(site) ?? 0);
      const brief = changes.allocatedSize[row]! - left - (grown.get(site) ?? 0);
      if (brief > 0) lives.push({ site, from: point, to: point, size: brief });
      births.add(site, birth, point, left);
    }
  }
  births.end(lives);
  return lives.sort((a, b) => a.from - b.from || a.to - b.to || a.site - b.site);
}

/** @param lost gets what older blocks lost, by site. @returns what they grew by. */
function takeDeaths(
  { points, deaths }: TimelineData,
  point: number,
  births: Births,
  lost: Map<number, number>,
  lives: Life[],
): ReadonlyMap<number, number> {
  const grown = new Map<number, number>();
  if (deaths === null) return grown;
  for (let row = points.deathOffset[point]!; row < points.deathOffset[point + 1]!; row++) {
    const [site, birth, size] = [deaths.site[row]!, deaths.birth[row]!, deaths.size[row]!];
    lost.set(site, (lost.get(site) ?? 0) + size);
    if (size >= 0) births.take(site, birth, point, size, lives);
    else {
      // A block that grew is as old as before.
      grown.set(site, (grown.get(site) ?? 0) - size);
      births.add(site, birth, point, -size);
    }
  }
  return grown;
}

/** Bytes that came together and are not known to be gone. */
type Supply = { readonly site: number; readonly from: number; size: number };

/** What is there, by site and birth. */
class Births {
  readonly #supplies = new Map<string, Supply[]>();

  add(site: number, birth: number, from: number, size: number): void {
    if (size <= 0) return;
    const key = `${site} ${birth}`;
    const known = this.#supplies.get(key);
    if (known === undefined) this.#supplies.set(key, [{ site, from, size }]);
    else known.push({ site, from, size });
  }

  /** Of a birth's bytes the oldest go first. */
  take(site: number, birth: number, to: number, size: number, lives: Life[]): void {
    const supplies = this.#supplies.get(`${site} ${birth}`) ?? [];
    let left = size;
    while (left > 0 && supplies.length > 0) {
      const oldest = supplies[0]!;
      const taken = Math.min(left, oldest.size);
      lives.push({ site, from: oldest.from, to, size: taken });
      oldest.size -= taken;
      left -= taken;
      if (oldest.size === 0) supplies.shift();
    }
  }

  /** The rest stays. */
  end(lives: Life[]): void {
    for (const { site, from, size } of [...this.#supplies.values()].flat()) {
      lives.push({ site, from, to: Infinity, size });
    }
  }
}
