export {
  createJsInterpreter,
  type JsProgram,
  type JsProgramGlobals,
  type JsProgramResult,
  runJsProgram,
} from './program.ts';
