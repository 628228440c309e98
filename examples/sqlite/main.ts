// SQLite in WASM (sql.js): which statement of a script takes how much of its heap.
import { Tracer } from '@tracemalloc/core';
import { TracedSqlite } from './adapter.ts';

const script = `create table word(id integer, text text)
with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000) insert into word select i, 'word ' || i from n
create index by_text on word(text)
select count(*) from word where text like '%7%'
drop index by_text
`;

const tracer = new Tracer();
const sqlite = await TracedSqlite.load(tracer);
tracer.start(5);
const database = sqlite.openDatabase();
sqlite.runScript(database, script.trimEnd(), 'words.sql');
const snapshot = tracer.takeSnapshot();
for (const statistic of snapshot.statistics('lineno')) console.log(String(statistic));
for (const statistic of snapshot.statistics('function', { metric: 'allocated' })) {
  console.log(`allocated by ${statistic}`);
}
database.close();
console.log(`after close(): ${tracer.getTracedMemory().current} B`);
sqlite.adapter.detach();
