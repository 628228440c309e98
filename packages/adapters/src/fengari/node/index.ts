export { type FengariProgram, type FengariProgramResult, runFengariProgram } from './program.ts';
