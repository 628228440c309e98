// What a cell imports.
export { Snapshot } from '@tracemalloc/core';
export { mimeBundle } from '@tracemalloc/report/html';
