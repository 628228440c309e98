import type { LabelRow } from '@tracemalloc/core';
import { GuestLimit } from '../../contract/index.ts';
import type { GuestValue, NativeModule, PythonHost } from './python-host.ts';
import type { TracedGuest } from './traced-guest.ts';

/** What the functions need of the guest's values. */
export type ExtraValues = Pick<
  PythonHost,
  'none' | 'bool' | 'kind' | 'text' | 'index' | 'typeName' | 'raise'
>;

/** What `tracemalloc_extra` calls: labels, marks and limits of the running program. */
export function extraFunctions(
  host: ExtraValues,
  guest: Pick<TracedGuest, 'tracer' | 'labels'>,
): NativeModule {
  const { tracer, labels } = guest;
  const textOf = (what: string, value: GuestValue): string => {
    if (host.kind(value) === 'str') return host.text(value);
    return host.raise('TypeError', `${what} must be a str, not ${host.typeName(value)}`);
  };
  const labelOf = (name: GuestValue): LabelRow => tracer.label(textOf('name', name));
  const none = (work: () => void): GuestValue => {
    work();
    return host.none;
  };
  return {
    check_label: ([name]) => none(() => void textOf('name', name)),
    push_label: ([name]) => none(() => labels?.push(labelOf(name))),
    pop_label: () => none(() => labels?.pop()),
    /** Whether the function is labelled by itself now, and needs nobody around it. */
    label_function: ([name, callable]) =>
      host.bool(labels?.labelFunction?.(callable, labelOf(name)) ?? false),
    is_generator: ([callable]) => host.bool(labels?.isGenerator?.(callable) ?? false),
    mark: ([name]) => none(() => tracer.mark(textOf('name', name))),
    limit: limitFunction(host, guest),
  };
}

function limitFunction(
  host: ExtraValues,
  { tracer }: Pick<TracedGuest, 'tracer'>,
): NativeModule[string] {
  const limit = new GuestLimit(tracer);
  return ([size]) => {
    const isNone = host.kind(size) === 'none';
    const bytes = isNone ? null : host.index(size);
    if (bytes === undefined) {
      host.raise('TypeError', `size must be an int or None, not ${host.typeName(size)}`);
    }
    const problem = limit.set(bytes);
    if (problem !== null) host.raise('ValueError', problem);
    return host.none;
  };
}
