import { drawSvg, type Picture, type PictureBox } from '@tracemalloc/core/graph';
import type { NativeModule, PythonHost } from '../module/index.ts';

/** What is used of a page. */
type Page = {
  createElement(name: 'img'): { src: string; alt: string };
  readonly body: { append(element: object): void } | null;
};

const title = 'Who holds what';

/** The functions of `_tracemalloc_heap` that draw. */
export function pictureFunctions(host: PythonHost): NativeModule {
  return {
    /** Of boxes (a list of a style and lines of text) and arrows (from, to, label). */
    svg: ([boxes, arrows]) => {
      const picture: Picture = {
        boxes: host.items(boxes).map((box) => {
          const [style, ...lines] = host.items(box).map((text) => host.text(text));
          return { style: style as PictureBox['style'], lines };
        }),
        arrows: host.items(arrows).map((arrow) => {
          const [from, to, label] = host.items(arrow);
          return {
            ...{ from: Number(host.number(from)), to: Number(host.number(to)) },
            label: host.text(label),
          };
        }),
      };
      return host.str(drawSvg(picture, title));
    },
    /** Puts a picture at the end of the page. False where there is none. It is an image, in which nothing runs. */
    show: ([svg]) => {
      const { document: page } = globalThis as { document?: Page };
      if (page?.body == null) return host.bool(false);
      const image = page.createElement('img');
      image.alt = title;
      image.src = `data:image/svg+xml,${encodeURIComponent(host.text(svg))}`;
      page.body.append(image);
      return host.bool(true);
    },
  };
}
