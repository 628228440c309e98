export { GlobFilter, type GlobFilterOptions } from './glob-filter.ts';
