export { attachFengari, type FengariAdapter, type FengariAttachOptions } from './adapter.ts';
export { type FengariGuestModule, installFengariModule } from './guest/guest-module.ts';
export type { FengariHost } from './host.ts';
