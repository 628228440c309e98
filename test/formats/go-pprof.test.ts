import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Tracer } from '@tracemalloc/core';
import { dumpPprof } from '@tracemalloc/formats/pprof';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { smallSnapshot } from '../../packages/formats/test/small-snapshot.ts';

const present = spawnSync('go', ['tool', '-n', 'pprof']).status === 0;
const why = present ? '' : ' (not run: there is no Go here; install golang-go)';

describe.runIf(present)(`go tool pprof${why}`, () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tracemalloc-'));
    writeFileSync(join(folder, 'small.pb.gz'), dumpPprof(smallSnapshot()));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function pprof(...args: string[]): string {
    const env = { ...process.env, PPROF_TMPDIR: folder };
    const run = spawnSync('go', ['tool', 'pprof', ...args], { cwd: folder, env, encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(run.status).toBe(0);
    return run.stdout;
  }

  test('shows live bytes by function, names in angle brackets whole', () => {
    expect(pprof('-top', '-unit=B', 'small.pb.gz')).toBe(
      `File: brython 3.14.3
made by tracemalloc
host: brython 3.14.3
liveness: exact
Type: inuse_space
Showing nodes accounting for 1128B, 100% of 1128B total
      flat  flat%   sum%        cum   cum%
     1000B 88.65% 88.65%      1000B 88.65%  parse
      100B  8.87% 97.52%      1100B 97.52%  load
       28B  2.48%   100%        28B  2.48%  <string>:0
         0     0%   100%      1100B 97.52%  <module>
`,
    );
  });

  test('shows what was ever allocated, by line', () => {
    const text = pprof('-top', '-lines', '-unit=B', '-sample_index=alloc_space', 'small.pb.gz');
    expect(text.slice(text.indexOf('Type:'))).toBe(
      `Type: alloc_space
Showing nodes accounting for 2120B, 100% of 2120B total
      flat  flat%   sum%        cum   cum%
     1000B 47.17% 47.17%      1000B 47.17%  parse lib/json.py:42
      700B 33.02% 80.19%       700B 33.02%  <module> app.py:1
      392B 18.49% 98.68%      1392B 65.66%  load app.py:3
       28B  1.32%   100%        28B  1.32%  <string>:0 <string>
         0     0%   100%      1392B 65.66%  <module> app.py:9
`,
    );
  });

  test('sums and picks by type and domain', () => {
    const [domains, types] = pprof('-tags', '-unit=B', 'small.pb.gz').split('\n\n');
    expect(domains!.split(/\n\s+/).slice(1)).toEqual(['1128.0B (  100%): 0', '0.0B (    0%): 2']);
    expect(types!.split(/\n\s+/).slice(1)).toEqual([
      '1000.0B (90.91%): str',
      '100.0B ( 9.09%): list',
      '0.0B (    0%): dict',
    ]);
    const lists = pprof('-top', '-unit=B', '-tagfocus=type=list', 'small.pb.gz');
    expect(lists).toContain('Showing nodes accounting for 100B, 8.87% of 1128B total');
  });

  test('takes names of any text', () => {
    const tracer = new Tracer();
    tracer.start(3);
    const names = ['nul\0', 'line\nend', '\ud800', '__proto__', 'template<int>'];
    const domain = tracer.domain({ name: 'guest', ids: 'serial', code: 0 });
    for (const [id, name] of names.entries()) {
      tracer.stack[0] = tracer.frame(tracer.string(name), id + 1, tracer.string(name));
      tracer.alloc(domain, id + 1, 1, tracer.capture(1), tracer.type(name));
    }
    writeFileSync(join(folder, 'hostile.pb.gz'), dumpPprof(tracer.takeSnapshot()));
    const raw = pprof('-raw', 'hostile.pb.gz');
    expect(raw.slice(raw.indexOf('Locations'), raw.indexOf('Mappings'))).toBe(
      `Locations
     1: 0x0 M=1 nul\0 nul\0:1 s=0()
     2: 0x0 M=1 line
end line
end:2 s=0()
     3: 0x0 M=1 \ufffd \ufffd:3 s=0()
     4: 0x0 M=1 __proto__ __proto__:4 s=0()
     5: 0x0 M=1 template<int> template<int>:5 s=0()
`,
    );
  });

  test('subtracts one snapshot from another', () => {
    const text = pprof('-top', '-unit=B', '-diff_base=small.pb.gz', 'small.pb.gz');
    expect(text).toContain('Showing nodes accounting for 0, 0% of 1128B total');
  });
});
