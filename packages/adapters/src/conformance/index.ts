export { checkConformance, type Finding, type Findings } from './check.ts';
export { functionsOf } from './functions-of.ts';
export type { ConformanceGuest, ConformanceHost, Programs } from './host.ts';
export type { Verdict } from './properties.ts';
export { testConformance } from './test-conformance.ts';
