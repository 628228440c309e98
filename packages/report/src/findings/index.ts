export type { Finding, FindingKind, FindingPart } from './finding.ts';
export { findingsOf } from './findings.ts';
