/** What does not record allocations while its count is above 0. */
type Excludable = { excluded: number };

/** An adapter's `exclude`: nothing that `work` allocates is recorded, also where it throws. */
export function excluding(events: Excludable): <T>(work: () => T) => T {
  return (work) => {
    events.excluded++;
    try {
      return work();
    } finally {
      events.excluded--;
    }
  };
}
