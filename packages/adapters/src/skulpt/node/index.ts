export { GuestError } from '../../contract/index.ts';
export { runSkulptProgram, type SkulptRun } from './program.ts';
export { type BuildChoice, createSkulpt, readSkulptBuild, type SkulptBuild } from './realm.ts';
