export { type BuildChoice, createSkulpt, readSkulptBuild, type SkulptBuild } from './realm.ts';
