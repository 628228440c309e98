export { type MimeBundle, mimeBundle } from './mime-bundle.ts';
export { type HtmlOptions, renderHtml } from './render-html.ts';
