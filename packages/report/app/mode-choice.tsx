import type { ComponentChildren } from 'preact';
import type { ViewProps } from './model.ts';

type ModeChoiceProps = Pick<ViewProps, 'selection' | 'update'>;

/** What is there, or how it differs from what was there before. */
export function ModeChoice({ selection, update }: ModeChoiceProps) {
  const isPart = selection.range !== '';
  const modes = [
    ['now', isPart ? 'In range' : 'Now'],
    ['difference', isPart ? 'Growth' : 'Difference'],
  ] as const;
  return (
    <Group title="Show">
      {modes.map(([mode, title]) => (
        <label key={mode}>
          <input
            type="radio"
            name="mode"
            value={mode}
            checked={selection.mode === mode}
            onChange={() => update({ mode })}
          />
          <span>{title}</span>
        </label>
      ))}
    </Group>
  );
}

type GroupProps = { readonly title: string; readonly children: ComponentChildren };

export function Group({ title, children }: GroupProps) {
  return (
    <fieldset class="segments">
      <legend>{title}</legend>
      {children}
    </fieldset>
  );
}
