import { lispHost } from '../../../examples/callbacks/conformance.ts';

export const host = lispHost();
