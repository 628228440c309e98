export { type Adapter, type AdapterCaps, describeAdapter } from './adapter.ts';
export { attachOrRestore } from './attach.ts';
export { excessMessage } from './excess-message.ts';
export { GuestError } from './guest-error.ts';
export { checkOptions, type OptionRule } from './options.ts';
export { Restorer } from './restorer.ts';
export { allocatedByLine, type BlocksByLine, type Difference, selfTest } from './self-test.ts';
