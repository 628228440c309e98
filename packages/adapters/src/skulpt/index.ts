export {
  attachSkulpt,
  type SkulptAdapter,
  type SkulptAttachOptions,
  type SkulptCaps,
} from './attach.ts';
export { installSkulptModule, type SkulptGuest, type SkulptModule } from './guest/guest-module.ts';
export type { SkulptHost } from './host.ts';
export type { SizeModelName } from './sizes/sizes.ts';
