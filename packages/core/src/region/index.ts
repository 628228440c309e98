export { openRegion, type Region, type RegionSite, type RegionUse } from './region.ts';
export { tracing } from './tracing.ts';
