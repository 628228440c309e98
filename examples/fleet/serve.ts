// The collector as a process: node serve.ts FOLDER TOKEN [PORT]; it prints where it listens.
import process from 'node:process';
import { startCollector } from './collector.ts';

const [folder, token, port = '0'] = process.argv.slice(2);
if (folder === undefined || token === undefined) {
  console.error('name a folder and a token');
  process.exit(2);
}
const limits = { perAddress: 100_000, perSecond: 100_000 };
const { url } = await startCollector({ folder, token, port: Number(port), ...limits });
console.log(url);
