/** How many distinct children each of some parents has, and which have more than a bound. */
export class ChildCounts {
  /** Children; of a parent that is folded, the bound. */
  rows = 0;
  #most: number;
  readonly #folded: Set<number>;
  readonly #children = new Map<number, number>();

  /** @param folded Parents with more children than `most`, or than a bound before it. */
  constructor(most: number, folded: Set<number>) {
    this.#most = most;
    this.#folded = folded;
  }

  /** A parent has a child that there was not before. @returns whether it is its first one. */
  add(parent: number): boolean {
    const children = (this.#children.get(parent) ?? 0) + 1;
    this.#children.set(parent, children);
    if (this.#folded.has(parent)) this.rows += children === 1 ? this.#most : 0;
    else if (children > this.#most) this.#folded.add(parent);
    else this.rows++;
    return children === 1;
  }

  /** What was folded elsewhere has more children than the bound. */
  fold(parent: number): void {
    if (this.#folded.has(parent)) return;
    this.#folded.add(parent);
    const children = this.#children.get(parent) ?? 0;
    if (children > 0) this.rows += this.#most - children;
  }

  /** A lower bound. */
  tighten(most: number): void {
    this.#most = most;
    this.rows = 0;
    for (const [parent, children] of this.#children) {
      if (children > most) this.#folded.add(parent);
      this.rows += this.#folded.has(parent) ? most : children;
    }
  }
}
