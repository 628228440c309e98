import { TracemallocError } from '@tracemalloc/core';
import { stackMember } from './code/emit-frames.ts';
import type { Skulpt, SkulptHost } from './host.ts';

/** Builds that the adapter's tests passed with, by the commit that `Sk.build` has. */
const knownBuilds: ReadonlyMap<string, string> = new Map([
  ['e3c1c1a4e081362d96ba8afc5997be516b437f30', '1.2.0'],
  // By its commit a month older than what npm calls 1.2.0.
  ['6c99c2196851bb29f0e503afccb01804f089cb60', '1.3.0'],
  ['19fc3ce2ded8b4aec3485ec72d4b984c01382c60', '19fc3ce (2026-03)'],
]);

/**
 * Warns of a build that is not known.
 * @throws TracemallocError `unsupported-host` for what is no Skulpt or too old a one, `misuse` for
 *   one that is traced already.
 */
export function checkHost(
  Sk: SkulptHost,
  warn: ((message: string) => void) | undefined,
): asserts Sk is Skulpt {
  if (typeof Sk?.compile !== 'function' || Sk.builtin === undefined) {
    throw new TracemallocError(
      'unsupported-host',
      'Sk must be a loaded Skulpt: load skulpt.js or skulpt.min.js before',
    );
  }
  checkVersion(Sk);
  if (Object.hasOwn(Sk, stackMember)) {
    throw new TracemallocError(
      'misuse',
      'an adapter is attached to this Skulpt already: detach it first',
    );
  }
  if (!knownBuilds.has(commitOf(Sk))) {
    warn?.(
      `this build of Skulpt (${versionOf(Sk)}) is not known, ${[...knownBuilds.values()].join(', ')} are: only what passes the self-test can be relied on`,
    );
  }
}

/** @throws TracemallocError `unsupported-host` for versions whose classes are made in another way. */
export function checkVersion(Sk: SkulptHost): void {
  if (typeof (Sk as Skulpt).abstr?.buildNativeClass === 'function' && Sk.python3 !== undefined)
    return;
  throw new TracemallocError(
    'unsupported-host',
    `Skulpt must be 1.2.0 or later, got ${versionOf(Sk)}, which makes its classes in another way`,
  );
}

/** What snapshots call the build. */
export function versionOf(Sk: SkulptHost): string {
  const commit = commitOf(Sk);
  return knownBuilds.get(commit) ?? (commit || 'without a commit');
}

function commitOf(Sk: SkulptHost): string {
  return (Sk as Skulpt).build?.githash ?? '';
}
