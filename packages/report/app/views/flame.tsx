import type { ViewProps } from '../model.ts';

export function FlameView({ model }: ViewProps) {
  return <p>{model.joined.data.sites.length} sites</p>;
}
