// What the example uses of sql.js, which has no types of its own.
declare module 'sql.js' {
  function initSqlJs(
    options: initSqlJs.Options,
  ): Promise<{ Database: new () => initSqlJs.Database }>;
  namespace initSqlJs {
    type Database = { run(sql: string): unknown; close(): void };
    type Instance = { readonly exports: Record<string, unknown> };
    type Options = {
      /** Emscripten's hook: makes the instance of a module of one's own. */
      instantiateWasm(imports: never, done: (instance: Instance) => void): object;
    };
  }
  export = initSqlJs;
}
