// The collector as a process, or as several that share a port:
//   node serve.ts FOLDER TOKEN [PORT] [PROCESSES]
// It prints where it listens.
import cluster from 'node:cluster';
import process from 'node:process';
import { startCollector } from './collector.ts';

const [folder, token, port = '0', processes = '1'] = process.argv.slice(2);
if (folder === undefined || token === undefined) {
  console.error('name a folder and a token');
  process.exit(2);
}
if (cluster.isPrimary && Number(processes) > 1) {
  for (let i = 0; i < Number(processes); i++) cluster.fork();
  cluster.once('listening', (_, address) => {
    console.log(`http://127.0.0.1:${address.port}/v1/snapshots`);
    // One that ends is replaced; where none ever listened there is no use in it.
    cluster.on('exit', () => cluster.fork());
  });
} else {
  // Each process counts for itself.
  const limits = { perAddress: 100_000, perSecond: 100_000 };
  const { url } = await startCollector({ folder, token, port: Number(port), ...limits });
  if (cluster.isPrimary) console.log(url);
}
