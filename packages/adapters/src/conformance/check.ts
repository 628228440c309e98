import type { AdapterCaps } from '../contract/index.ts';
import type { ConformanceHost } from './host.ts';
import { type Property, properties, Session, type Verdict } from './properties.ts';

/** What became of one property of an adapter. */
export type Finding = {
  /** Names the row of the table. */
  readonly property: string;
  /** What the suite found. */
  readonly verdict: Verdict;
  /** What the caps claim. */
  readonly expected: Verdict;
  /** Why a property does not hold; `null` when it does or when it was not tried. */
  readonly reason: string | null;
};

/** What {@link testConformance} found out of an adapter. */
export type Findings = { readonly caps: AdapterCaps; readonly findings: readonly Finding[] };

/**
 * Holds an adapter to every property, each in an interpreter of its own, without a test runner:
 * `testConformance` is the same as tests.
 */
export async function checkConformance(host: ConformanceHost): Promise<Findings> {
  const findings: Finding[] = [];
  let caps: AdapterCaps | undefined;
  for (const property of properties) {
    const found = await checkProperty(host, property);
    caps = found.caps;
    findings.push(found.finding);
  }
  return { caps: caps!, findings };
}

export async function checkProperty(
  host: ConformanceHost,
  { name, expected, disprove }: Property,
): Promise<{ readonly caps: AdapterCaps; readonly finding: Finding }> {
  const guest = await host.open();
  try {
    const session = new Session(host, guest);
    const { caps } = session;
    const claim = expected(caps, host);
    const reason = claim === 'none' ? null : await disprove(session);
    const verdict = claim === 'none' ? 'none' : reason !== null ? 'no' : holds(claim);
    return { caps, finding: { property: name, verdict, expected: claim, reason } };
  } finally {
    guest.close();
  }
}

/** An adapter that does more than it claims does it. */
function holds(claim: Verdict): Verdict {
  return claim === 'modelled' ? 'modelled' : 'yes';
}
