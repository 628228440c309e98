import { attachWasmHeap } from '@tracemalloc/adapters/wasm';
import { TracemallocError, Tracer } from '@tracemalloc/core';
import { expect, test } from 'vitest';
import { TracedSqlite } from '../../examples/sqlite/adapter.ts';

const script = `create table word(id integer, text text)
with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000) insert into word select i, 'word ' || i from n
select count(*) from word where text like '%7%'`;

test('what SQLite allocates belongs to statements, and a closed database leaves nothing, as what is excluded or detached', async () => {
  const tracer = new Tracer();
  const sqlite = await TracedSqlite.load(tracer);
  tracer.start(5);
  const database = sqlite.openDatabase();
  sqlite.runScript(database, script, 'words.sql');
  const snapshot = tracer.takeSnapshot();
  const lines = snapshot
    .statistics('lineno')
    .map(({ traceback, count }) => [String(traceback), count]);
  expect(lines.map(([place]) => place).sort()).toEqual([
    '<connection>:0',
    'words.sql:1',
    'words.sql:2',
  ]);
  const { metadata } = snapshot;
  expect([metadata.host, metadata['liveness'], metadata['sizeModel']]).toEqual([
    'sqlite',
    'exact',
    'exact',
  ]);
  database.close();
  const { current, peak } = tracer.getTracedMemory();
  expect([current, peak > 100_000, tracer.rejected.unknownBlock]).toEqual([0, true, 0]);
  const other = sqlite.openDatabase();
  tracer.clearTraces();
  sqlite.adapter.exclude(() => sqlite.runScript(other, 'create table a(x)', 'a.sql'));
  const excluded = tracer.getTracedMemory().peak;
  sqlite.adapter.detach();
  sqlite.runScript(other, 'create table b(x)', 'a.sql');
  expect([excluded, tracer.getTracedMemory().peak]).toEqual([0, 0]);
});

test('a module that was not rewritten is refused', () => {
  expect(() => attachWasmHeap({}, new Tracer())).toThrow(TracemallocError);
});
