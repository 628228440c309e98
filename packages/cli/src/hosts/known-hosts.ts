import type { Host } from './host.ts';

export type KnownHost = Required<Pick<Host, 'endings'>> & {
  /** Loaded when it is asked for: an interpreter takes a tenth of a second. */
  readonly load: () => Promise<Host>;
};

/** The interpreters that come with the command. The first one runs what no ending speaks of. */
export const knownHosts: Readonly<Record<string, KnownHost>> = {
  brython: { endings: ['.py'], load: async () => (await import('./brython.ts')).host },
  skulpt: { endings: ['.py'], load: async () => (await import('./skulpt.ts')).host },
  pyodide: { endings: ['.py'], load: async () => (await import('./pyodide.ts')).host },
  micropython: { endings: ['.py'], load: async () => (await import('./micropython.ts')).host },
  lua: { endings: ['.lua'], load: async () => (await import('./lua.ts')).host },
  fengari: { endings: ['.lua'], load: async () => (await import('./fengari.ts')).host },
  'js-interpreter': {
    endings: ['.js'],
    load: async () => (await import('./js-interpreter.ts')).host,
  },
  quickjs: { endings: ['.js', '.mjs'], load: async () => (await import('./quickjs.ts')).host },
};

/** The first whose ending a script's name has. */
export function hostOfScript(script: string): KnownHost {
  const hosts = Object.values(knownHosts);
  const name = script.toLowerCase();
  return hosts.find(({ endings }) => endings.some((end) => name.endsWith(end))) ?? hosts[0]!;
}
