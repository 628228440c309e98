export { decodeSource } from './source-text.ts';
