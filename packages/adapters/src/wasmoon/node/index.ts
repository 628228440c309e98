export { GuestError } from '../../contract/index.ts';
export type { Streams as LuaStreams } from './disk.ts';
export { luaEnvironment } from './environment.ts';
export { type LuaProgram, type LuaProgramResult, runLuaProgram } from './program.ts';
