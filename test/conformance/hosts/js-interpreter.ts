export { jsInterpreterHost as host } from '../../../examples/gc-objects/conformance.ts';
