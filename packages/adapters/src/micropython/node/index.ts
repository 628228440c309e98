export { type MicroPythonProgram, runMicroPythonProgram } from './program.ts';
