import type { AdapterCaps } from '@tracemalloc/adapters/callbacks';
import type { ConformanceHost } from './host.ts';
import { properties, Session, type Verdict } from './properties.ts';

type Finding = {
  readonly property: string;
  readonly verdict: Verdict;
  readonly expected: Verdict;
  /** Why a property does not hold; `null` when it does or when it was not tried. */
  readonly reason: string | null;
};

export type Findings = { readonly caps: AdapterCaps; readonly findings: readonly Finding[] };

/** Holds an adapter to every property, each in an interpreter of its own. */
export async function check(host: ConformanceHost): Promise<Findings> {
  const findings: Finding[] = [];
  let caps: AdapterCaps | undefined;
  for (const { name, expected, disprove } of properties) {
    const guest = await host.open();
    try {
      const session = new Session(host, guest);
      caps = session.caps;
      const claim = expected(caps, host);
      const reason = claim === 'none' ? null : await disprove(session);
      const verdict = claim === 'none' ? 'none' : reason !== null ? 'no' : holds(claim);
      findings.push({ property: name, verdict, expected: claim, reason });
    } finally {
      guest.close();
    }
  }
  return { caps: caps!, findings };
}

/** An adapter that does more than it claims does it. */
function holds(claim: Verdict): Verdict {
  return claim === 'modelled' ? 'modelled' : 'yes';
}
