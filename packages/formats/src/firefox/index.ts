export { dumpFirefox } from './dump-firefox.ts';
