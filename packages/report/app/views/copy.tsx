import { useState } from 'preact/hooks';
import { copyText } from '../copy-text.ts';

type CopyProps = { readonly title: string; readonly text: () => string };

/** A button that copies a text, and says whether it could. */
export function Copy({ title, text }: CopyProps) {
  const [state, setState] = useState('');
  const copy = async (): Promise<void> => {
    setState((await copyText(text())) ? 'Copied' : 'Copying is not allowed here');
  };
  return (
    <span class="copy">
      <button type="button" class="button" onClick={copy}>
        {title}
      </button>
      <span role="status">{state}</span>
    </span>
  );
}
