// The command `tracemalloc` without a build: `npm start` and tests run it so.
import process from 'node:process';
import { main } from '../packages/cli/src/main.ts';

process.exitCode = await main(process.argv.slice(2));
