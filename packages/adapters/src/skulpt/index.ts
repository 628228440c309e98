export type { SkulptHost } from './host.ts';
