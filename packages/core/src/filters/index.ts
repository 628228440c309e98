export { LabelFilter, TypeFilter } from './name-filters.ts';
