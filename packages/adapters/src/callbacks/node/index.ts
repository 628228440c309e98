export { nodeCollector } from '../../brython/node/collector.ts';
