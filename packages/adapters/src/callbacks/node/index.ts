export { nodeCollector } from '../../frees/node/collector.ts';
