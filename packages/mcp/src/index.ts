/**
 * A server of the Model Context Protocol that answers questions about the memory snapshots of one
 * folder, and does nothing else: it writes nothing, and reads nothing outside.
 *
 * @module @tracemalloc/mcp
 */
import process from 'node:process';
import type { Readable, Writable } from 'node:stream';
import { McpServer } from './server.ts';
import { SnapshotFolder } from './snapshot-folder.ts';

/** A longer message is not read: questions are short. */
const maxMessage = 2 ** 20;

/**
 * The command `tracemalloc-mcp FOLDER`: a message of JSON a line comes in, and goes out, until there
 * are no more. @returns the exit status: 2 when it is not called with one folder.
 */
export async function main(
  args: readonly string[],
  input: Readable,
  output: Writable,
): Promise<number> {
  const [folder, ...more] = args;
  if (folder === undefined || more.length > 0) {
    process.stderr.write('usage: tracemalloc-mcp FOLDER    (of snapshots; it is only read)\n');
    return 2;
  }
  let server: McpServer;
  try {
    server = new McpServer(new SnapshotFolder(folder));
  } catch (error) {
    process.stderr.write(`tracemalloc-mcp: can't read ${folder}: ${(error as Error).message}\n`);
    return 2;
  }
  for await (const line of linesOf(input)) {
    const answer = await server.answer(line);
    if (answer !== null) output.write(`${answer}\n`);
  }
  return 0;
}

/** Lines that are not empty; one that is too long becomes one that is no JSON. */
async function* linesOf(input: Readable): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of input) {
    text += typeof piece === 'string' ? piece : decoder.decode(piece, { stream: true });
    const lines = text.split('\n');
    text = lines.pop()!.slice(0, maxMessage);
    for (const line of lines) if (line.trim() !== '') yield line;
  }
}
