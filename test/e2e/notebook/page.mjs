// What a notebook's page has: JupyterLite's kernel for JavaScript, and JupyterLab's way to show outputs.
import { MimeModel, RenderMimeRegistry, standardRendererFactories } from '@jupyterlab/rendermime';
import { JavaScriptKernel } from '@jupyterlite/javascript-kernel';

class Kernel extends JavaScriptKernel {
  initWorker() {
    return new Worker('/worker.js', { type: 'module' });
  }
}

globalThis.notebook = { Kernel, MimeModel, RenderMimeRegistry, standardRendererFactories };
