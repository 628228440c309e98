import './styles/base.css';
import './styles/controls.css';
import './styles/findings.css';
import './styles/print.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { readModel } from './read-model.ts';
import { SelectionStore } from './state.ts';
import { visible } from './text.ts';
import { restoreTheme } from './theme.ts';

async function open(): Promise<void> {
  restoreTheme();
  const model = await readModel(document);
  document.title = visible(model.title);
  const store = new SelectionStore(model, window);
  render(<App model={model} store={store} />, document.getElementById('app')!);
}

open().catch((error: unknown) => {
  document.getElementById('app')!.textContent = `This report cannot be shown: ${String(error)}`;
});
