export { type PyodideProgram, runPyodideProgram } from './program.ts';
