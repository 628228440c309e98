// What the packed tarballs do in other people's projects: runtimes × jobs, test runners, bundlers.
// `npm run try-consumers` prints the tables and holds them to docs/consumers.md; with `-- --update` it
// writes them there; with `-- --small` it does what CI does: this Node with Bun and Deno, each runner
// once, one bundler. What the registry does not give is left out, and it says so. Needs `npm run build`.
import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'docs/consumers.md');
const folder = mkdtempSync(join(tmpdir(), 'tracemalloc-consumers-'));
const modules = join(folder, 'node_modules');

const isSmall = process.argv.includes('--small');

/** What is installed beside the tarballs: guests, and then what may be missing. */
const guests = ['brython@3.14.3', 'skulpt@1.2.0', 'wasmoon@1.16.0'];
const parts = [
  ['bun@1.4.5'],
  ['deno@2.9.6'],
  ['vitest@4.1.12'],
  ['jest@30.5.2'],
  ['mocha@12.0.3'],
  ['esbuild@0.28.2'],
  ...(isSmall
    ? []
    : [
        ['vite@8.3.8'],
        ['parcel@2.16.4'],
        ['@vitest/browser-playwright@4.1.12', 'playwright@1.65.1'],
      ]),
];

const install = (names) =>
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...names], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 240_000,
  });

/** Whether a package was installed. */
const has = (name) => existsSync(join(modules, name));

/** All at once, which takes a fifth of the time; one by one where something is not to be had. */
function installAll(needed) {
  try {
    install([...needed, ...parts.flat()]);
    return;
  } catch {
    say('not all could be installed at once: trying one by one');
  }
  try {
    install(needed);
  } catch (error) {
    throw new Error(
      `The packed packages could not be installed. That needs npm's registry, or a cache of it, for ${guests.join(', ')} and what we depend on:\n${lastLine(error)}`,
    );
  }
  for (const names of parts) {
    try {
      install(names);
    } catch (error) {
      say(`${names.join(', ')} could not be installed, and is left out: ${lastLine(error)}`);
    }
  }
}

const say = (text) => void process.stdout.write(`${text}\n`);
const lastLine = (error) =>
  String(error.stderr ?? error)
    .trim()
    .split('\n')
    .at(-1);

/** Runs a command; resolves to what it wrote, rejects with that when it fails. */
const run = (file, args, { env = {}, cwd = folder } = {}) =>
  new Promise((resolve, reject) => {
    const options = {
      cwd,
      timeout: 180_000,
      maxBuffer: 1e8,
      env: { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: '0', NO_COLOR: '1', ...env },
    };
    execFile(file, args, options, (error, stdout, stderr) => {
      const text = `${stdout}${stderr}`;
      if (error === null) resolve(text);
      else reject(new Error(text.trim() || String(error)));
    });
  });

const bin = (name) => join(modules, '.bin', name);
const failures = [];
/** ✓, or ✗ with the reason kept for the end. */
async function cell(what, work) {
  const start = performance.now();
  try {
    await work();
    return '✓';
  } catch (error) {
    failures.push(`${what}: ${error.message.slice(0, 1500)}`);
    return '✗';
  } finally {
    say(`${what}: ${Math.round(performance.now() - start)} ms`);
  }
}

/** Each with its way to run a file. */
function runtimesHere() {
  const found = [
    [`Node ${process.versions.node.split('.')[0]}`, (file) => run(process.execPath, [file])],
  ];
  for (const major of isSmall ? [] : [22, 24]) {
    const node = join(root, 'node_modules/.cache/nodes', String(major), 'bin/node');
    if (existsSync(node)) found.push([`Node ${major}`, (file) => run(node, [file])]);
    else say(`Node ${major} is not there (npm run node-versions), and is left out`);
  }
  if (has('bun')) found.push(['Bun', (file) => run(bin('bun'), [file])]);
  const deno = ['run', '--allow-all', '--node-modules-dir=manual'];
  if (has('deno')) found.push(['Deno', (file) => run(bin('deno'), [...deno, file])]);
  return found;
}

const jobs = [
  ['embed', 'embed.mjs'],
  ['limits', 'limits.mjs'],
  ['dump, load, workers', 'files.mjs'],
  ['guest module', 'guest.mjs'],
];

async function runtimeTable() {
  const rows = [];
  for (const [name, runFile] of runtimesHere()) {
    const cells = [];
    let frees = '';
    for (const [job, file] of jobs) {
      cells.push(
        await cell(`${name}, ${job}`, async () => {
          const text = await runFile(file);
          if (file === 'embed.mjs') frees = text.trim().replace('frees of objects ', '');
        }),
      );
    }
    rows.push([name, ...cells, frees]);
  }
  return table(['', ...jobs.map(([job]) => job), 'frees of JavaScript objects'], rows);
}

const vitestConfig = (inline) =>
  `export default { test: { include: ['suites/vitest/*.test.js'], maxWorkers: 1, testTimeout: 60_000, reporters: ['default', '@tracemalloc/vitest/reporter'], setupFiles: ['./setup.mjs']${inline ? ', server: { deps: { inline: [/@tracemalloc/] } }' : ''} } };\n`;
const browserConfig = `import { playwright } from '@vitest/browser-playwright';
export default { test: { include: ['suites/vitest/{arena,vm}.test.js'], setupFiles: ['./setup.mjs'], browser: { enabled: true, headless: true, screenshotFailures: false, provider: playwright({ launchOptions: { executablePath: process.env.CHROMIUM, args: ['--no-sandbox'] } }), instances: [{ browser: 'chromium' }] } } };
`;

async function runnerTable() {
  const node = (args, options) => run(process.execPath, args, options);
  const rows = [];
  const row = async (name, needs, work) => rows.push([name, await cell(name, work), needs]);
  writeFileSync(
    join(folder, 'setup.mjs'),
    "import { setupLimits } from '@tracemalloc/vitest';\nsetupLimits({ nframe: 25, sites: 3 });\n",
  );
  if (has('vitest')) {
    writeFileSync(join(folder, 'vitest.config.mjs'), vitestConfig(false));
    writeFileSync(join(folder, 'inline.config.mjs'), vitestConfig(true));
    await row('vitest', '', async () => {
      const text = await run(bin('vitest'), ['run']);
      if (!/Memory: \d+ tests were measured/.test(text)) {
        throw new Error(`the reporter is not in ${text.slice(-1500)}`);
      }
    });
    if (!isSmall)
      await row('vitest, dependencies inlined', '', () =>
        run(bin('vitest'), ['run', '--config', 'inline.config.mjs']),
      );
  }
  const chromium = has('@vitest/browser-playwright') ? chromiumPath() : null;
  if (chromium !== null) {
    writeFileSync(join(folder, 'browser.config.mjs'), browserConfig);
    await row('vitest in Chromium', 'checks of one tracer one after the other', () =>
      run(bin('vitest'), ['run', '--config', 'browser.config.mjs'], {
        env: { CHROMIUM: chromium },
      }),
    );
  }
  await row('node:test', '', () => node(['--test', ...testFiles('node-test')]));
  if (has('mocha')) {
    await row('mocha', '', () =>
      node([join(modules, 'mocha/bin/mocha.js'), 'suites/mocha/arena.test.mjs']),
    );
  }
  if (has('jest')) {
    const jest = (pattern) =>
      node([
        ...['--experimental-vm-modules', '--no-warnings', join(modules, 'jest/bin/jest.js')],
        ...['--rootDir', '.', '--testMatch', `**/suites/jest/${pattern}`, '--transform', '{}'],
      ]);
    await row('jest, ES modules', '`node --experimental-vm-modules`, no transform', () =>
      jest('*.test.js'),
    );
    await row(
      'jest, CommonJS',
      "`await import(…)` with the same flag: `require` of an ES module is not jest's",
      () => jest('*.test.cjs'),
    );
  }
  const node22 = join(root, 'node_modules/.cache/nodes/22/bin/node');
  if (existsSync(node22)) {
    await row('require() in Node 22 and later', '', () =>
      run(node22, ['--no-warnings', 'common.cjs']),
    );
  }
  return table(['', 'works', 'needs'], rows);
}

async function bundlerTable() {
  const rows = [];
  const row = async (name, needs, work) => rows.push([name, await cell(name, work), needs]);
  const runs = async (file) => {
    const text = await run(process.execPath, [file]);
    if (!text.includes('a.toy:3')) throw new Error(`the bundle printed ${text}`);
  };
  if (has('esbuild')) {
    await row('esbuild', '', async () => {
      const args = ['bundled.mjs', '--bundle', '--format=esm', '--outfile=out/esbuild.mjs'];
      await run(bin('esbuild'), args);
      await runs('out/esbuild.mjs');
    });
  }
  if (has('parcel')) {
    await row('Vite', '', async () => {
      await run(bin('vite'), ['build', '--logLevel', 'warn', '--config', 'vite.config.mjs']);
      await runs('out/vite/bundled.mjs');
    });
    const needs = '`"@parcel/resolver-default": { "packageExports": true }` in package.json';
    await row('Parcel', needs, async () => {
      const args = ['--dist-dir', 'out/parcel', '--no-cache', '--no-source-maps'];
      await run(bin('parcel'), ['build', 'bundled.mjs', ...args]);
      const [file] = readdirSync(join(folder, 'out/parcel')).filter((name) => /\.m?js$/.test(name));
      await runs(`out/parcel/${file}`);
    });
  }
  return table(['', 'bundles and runs', 'needs'], rows);
}

const testFiles = (name) =>
  readdirSync(join(folder, 'suites', name)).map((file) => `suites/${name}/${file}`);

function chromiumPath() {
  const found = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    (path) => existsSync(path),
  );
  if (found === undefined) say('there is no Chromium, and its row is left out');
  return found ?? null;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Rows of the page that this machine could not make stay as they are. */
function written(text, name, made) {
  const part = new RegExp(`(<!-- ${name} -->\n)(.*?)(\n<!-- end -->)`, 's');
  if (!part.test(text)) throw new Error(`docs/consumers.md has no part ${name}`);
  const [head, rule, ...rows] = made.split('\n');
  const nameOf = (row) => row.split('|')[1].trim();
  return text.replace(part, (_, start, old, end) => {
    const kept = old.split('\n').slice(2);
    const order = kept.map(nameOf);
    const others = kept.filter((row) => !rows.some((own) => nameOf(own) === nameOf(row)));
    const place = (row) =>
      order.includes(nameOf(row)) ? order.indexOf(nameOf(row)) : order.length;
    const all = [...rows, ...others].sort((a, b) => place(a) - place(b));
    return start + [head, rule, ...all].join('\n') + end;
  });
}

try {
  const codec = join(root, 'packages/core/dist/codec/flat-map.js');
  if (!existsSync(codec) || /from 'msgpackr/.test(readFileSync(codec, 'utf8'))) {
    throw new Error('the packages are not built: npm run build');
  }
  for (const name of readdirSync(join(root, 'packages'))) {
    execFileSync('pnpm', ['pack', '--pack-destination', folder], {
      cwd: join(root, 'packages', name),
      stdio: 'ignore',
    });
  }
  const tarballs = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
  writeFileSync(
    join(folder, 'package.json'),
    '{ "private": true, "type": "module", "@parcel/resolver-default": { "packageExports": true } }\n',
  );
  installAll([...tarballs.map((name) => `./${name}`), ...guests]);
  if (has('msgpackr-extract') && !has('parcel'))
    failures.push('msgpackr-extract, a native module, was installed with us');
  cpSync(join(root, 'scripts/consumers'), folder, { recursive: true });
  cpSync(join(root, 'examples/suites'), join(folder, 'suites'), { recursive: true });

  const tables = {
    runtimes: await runtimeTable(),
    runners: await runnerTable(),
    bundlers: await bundlerTable(),
  };
  say(`\n${Object.values(tables).join('\n\n')}\n`);
  const before = readFileSync(page, 'utf8');
  const after = Object.entries(tables).reduce(
    (text, [name, made]) => written(text, name, made),
    before,
  );
  if (failures.length > 0) {
    process.stderr.write(`${failures.join('\n\n')}\n`);
    process.exitCode = 1;
  } else if (process.argv.includes('--update')) writeFileSync(page, after);
  else if (after !== before) {
    process.stderr.write(
      'docs/consumers.md says something else: npm run try-consumers -- --update\n',
    );
    process.exitCode = 1;
  }
} finally {
  if (process.argv.includes('--keep')) process.stdout.write(`${folder}\n`);
  else rmSync(folder, { recursive: true, force: true });
}
