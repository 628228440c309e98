import { recorderOf, type Tracer } from '../api/tracer.ts';
import type { BlockId, Bytes, DomainRow } from '../base/units.ts';

/**
 * Bytes of a block that lives; 0 of one that does not. For adapters that are told the new size of what grows and ask the
 * tracer's limit for the difference. Cost: a look at a table.
 */
export function blockSize(tracer: Tracer, domain: DomainRow, id: BlockId): Bytes {
  const recorder = recorderOf(tracer);
  return recorder.siteAt(domain, id) === 0 ? 0 : recorder.domains[domain]!.store.foundSize[0]!;
}
