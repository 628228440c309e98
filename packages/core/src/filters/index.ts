export { FunctionFilter } from './function-filter.ts';
export { LabelFilter, TypeFilter } from './name-filters.ts';
export { where } from './where.ts';
