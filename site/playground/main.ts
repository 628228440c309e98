import { load } from '@tracemalloc/core/codec';
import { Editor } from './editor.ts';
import { element } from './element.ts';
import { examples } from './examples.ts';
import { type Host, hosts, loadHost } from './hosts.ts';
import { steps } from './lesson.ts';
import { LessonPanel } from './lesson-panel.ts';
import { MemoryPanel } from './memory-panel.ts';
import { OutputPanel } from './output-panel.ts';
import type { RunMessage } from './protocol.ts';
import { showReport } from './report.ts';
import { type Running, runInSandbox } from './sandbox.ts';
import { fromHash, toHash } from './share.ts';

/** What the select calls the lesson. */
const lessonId = 'leak-hunt';

const hostSelect = element('#host', HTMLSelectElement);
const programSelect = element('#program', HTMLSelectElement);
const limit = element('#limit', HTMLSelectElement);
const runButton = element('#run', HTMLButtonElement);
const stopButton = element('#stop', HTMLButtonElement);
const reportButton = element('#report', HTMLButtonElement);
const status = element('#status');
const notice = element('#notice');
const output = new OutputPanel(element('#output'));
const editor = new Editor(element('#editor'), 'Program', () => editor.mark(null));
const memory = new MemoryPanel(
  {
    totals: element('#totals'),
    curve: document.querySelector('#curve')!,
    lines: element('#lines'),
    nothing: element('#nothing'),
  },
  (line) => editor.select(line),
);
const lesson = new LessonPanel(element('#lesson'), steps, (source) =>
  editor.setText(source, 'python'),
);

/** The run that goes on; it ends when it is stopped or has ended. */
let running: Running | null = null;
/** The newest snapshot of the last run, and the text that ran. */
let last: { readonly snapshot: Uint8Array; readonly source: string } | null = null;

function host(): Host {
  return hosts.find(({ name }) => name === hostSelect.value)!;
}

async function run(): Promise<void> {
  if (running !== null || runButton.disabled) return;
  const { name, filename, title } = host();
  const source = editor.text;
  last = null;
  output.clear();
  editor.mark(null);
  memory.clear('Nothing was looked at yet.');
  reportButton.disabled = true;
  setRunning(true);
  status.textContent = `Loading ${title} …`;
  let hasBeenStopped = false;
  running = { stop: () => (hasBeenStopped = true) };
  try {
    const files = await loadHost(name);
    if (hasBeenStopped) return;
    const request = { source, filename, limit: Number(limit.value) * 2 ** 20 };
    running = runInSandbox(files, request, (message) => heard(message, source, filename));
  } catch (error) {
    end(`It can’t be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function heard(message: RunMessage, source: string, filename: string): void {
  switch (message.type) {
    case 'started':
      status.textContent = 'Running …';
      break;
    case 'output':
      output.write(message.text, message.isError);
      break;
    case 'memory':
      show(message.time, message.snapshot, source, filename);
      break;
    case 'over':
      running?.stop();
      output.write('\nEnded: it had much more memory than the limit.\n', true);
      end('Ended at the memory limit');
      break;
    case 'failed':
      running?.stop();
      end(`It can’t be run: ${message.message}`);
      break;
    case 'ended':
      running?.stop();
      ended(message, source, filename);
  }
}

function ended(
  { time, isGood, line, snapshot }: RunMessage & { type: 'ended' },
  source: string,
  filename: string,
): void {
  if (snapshot !== null) show(time, snapshot, source, filename);
  else if (last === null) memory.say('When the program ended it was not traced.');
  editor.mark(line);
  end(`${isGood ? 'Ran in' : 'Ended early, after'} ${(time / 1000).toFixed(2)} s`);
  lesson.ran({ output: output.text, isGood });
}

function show(time: number, bytes: Uint8Array, source: string, filename: string): void {
  memory.show({ time, snapshot: load(bytes) }, filename, source);
  last = { snapshot: bytes, source };
  reportButton.disabled = false;
}

function stop(): void {
  if (running === null) return;
  running.stop();
  if (last === null) memory.say('It was stopped before anything was looked at.');
  end('Stopped');
}

function end(text: string): void {
  running = null;
  status.textContent = text;
  setRunning(false);
}

function setRunning(isRunning: boolean): void {
  runButton.disabled = isRunning;
  stopButton.disabled = !isRunning;
}

async function openReport(): Promise<void> {
  if (last === null) return;
  const { filename, title } = host();
  try {
    await showReport(last.snapshot, {
      title: `${filename}, ${title}`,
      sources: { [filename]: last.source },
    });
    lesson.openedReport();
  } catch (error) {
    notice.textContent = `The report can’t be shown: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function share(): Promise<void> {
  try {
    const hash = await toHash({ host: host().name, source: editor.text });
    history.replaceState(null, '', hash);
    await navigator.clipboard?.writeText(location.href).catch(() => undefined);
    notice.textContent = 'The program is in the page’s address now, to be copied or sent.';
  } catch (error) {
    notice.textContent = `No link: ${error instanceof Error ? error.message : String(error)}.`;
  }
}

/** The programs of the language that the interpreter runs. */
function listPrograms(): void {
  const { language, note } = host();
  const fitting = examples.filter((example) => example.language === language);
  const options = fitting.map(({ id, title }) => new Option(title, id));
  if (language === 'python') options.unshift(new Option('Lesson: hunt a leak', lessonId));
  programSelect.replaceChildren(...options);
  element('#note').textContent = note;
}

function choose(id: string): void {
  notice.textContent = '';
  programSelect.value = id;
  if (id === lessonId) {
    lesson.begin();
    return;
  }
  lesson.close();
  const example = examples.find((one) => one.id === id);
  if (example !== undefined) editor.setText(example.source, example.language);
}

/** The program stays, where the other interpreter speaks its language. */
function chooseHost(name: string): void {
  stop();
  const program = programSelect.value;
  const isSame = examples.find(({ id }) => id === program)?.language !== 'lua';
  hostSelect.value = name;
  listPrograms();
  if (isSame === (host().language === 'python')) programSelect.value = program;
  else choose(examples.find(({ language }) => language === host().language)!.id);
  memory.clear('Run the program: the lines whose objects are in use are listed here.');
}

/** A link puts a program into the editor. Nothing runs before somebody says so. */
async function follow(hash: string): Promise<void> {
  stop();
  const example = /^#example=([\w-]{1,40})$/.exec(hash)?.[1];
  const known = examples.find(({ id }) => id === example);
  if (known !== undefined || example === lessonId) {
    chooseHost(known?.language === 'lua' ? 'lua' : 'skulpt');
    choose(example!);
    return;
  }
  try {
    const shared = await fromHash(hash);
    if (shared === null) return;
    chooseHost(shared.host);
    lesson.close();
    programSelect.value = '';
    editor.setText(shared.source, host().language);
    notice.textContent =
      'This program came with the link. Read it before you run it; it can reach neither this page nor the network.';
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    notice.textContent = `The program of this link can’t be read: ${reason}.`;
  }
}

hostSelect.append(...hosts.map(({ name, title }) => new Option(title, name)));
listPrograms();
choose('top-lines');
memory.clear('Run the program: the lines whose objects are in use are listed here.');
hostSelect.addEventListener('change', () => chooseHost(hostSelect.value));
programSelect.addEventListener('change', () => choose(programSelect.value));
runButton.addEventListener('click', () => void run());
stopButton.addEventListener('click', stop);
reportButton.addEventListener('click', () => void openReport());
element('#share', HTMLButtonElement).addEventListener('click', () => void share());
addEventListener('hashchange', () => void follow(location.hash));
document.addEventListener(
  'keydown',
  (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    void run();
  },
  { capture: true },
);
// What scrolls is reached by the keyboard, too.
for (const selector of ['#output', '.lines']) element(selector).tabIndex = 0;
void follow(location.hash);

// From a server it works without one, once loaded; from a disk it always does.
if (location.protocol.startsWith('http')) void navigator.serviceWorker?.register('../sw.js');
