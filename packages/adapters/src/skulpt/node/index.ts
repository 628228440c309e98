export { runSkulptProgram, type SkulptRun } from './program.ts';
export { type BuildChoice, createSkulpt, readSkulptBuild, type SkulptBuild } from './realm.ts';
