export { installSkulptModule, type SkulptGuest } from './guest-module.ts';
export type { SkulptHost } from './host.ts';
