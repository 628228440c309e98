export { type QuickJsProgram, runQuickJsProgram } from './program.ts';
