import { useEffect, useRef } from 'preact/hooks';
import { FlameCanvas } from './flame-canvas.ts';

/** The node that the pointer is on: told to one listener, so that nothing else is rendered anew. */
export type Hovered = { listener: (node: number) => void };

/** The canvas of a flame graph and the elements it works on. */
export function useCanvas() {
  const elements = {
    box: useRef<HTMLDivElement>(null),
    rows: useRef<HTMLDivElement>(null),
    canvas: useRef<HTMLCanvasElement>(null),
    selectedMark: useRef<HTMLDivElement>(null),
    hoveredMark: useRef<HTMLDivElement>(null),
    tip: useRef<HTMLDivElement>(null),
    map: useRef<HTMLDivElement>(null),
    mapCanvas: useRef<HTMLCanvasElement>(null),
    mapWindow: useRef<HTMLDivElement>(null),
  };
  const canvas = useRef<FlameCanvas | null>(null);
  const hovered = useRef<Hovered>({ listener: () => {} });
  useEffect(() => {
    canvas.current = new FlameCanvas(
      {
        box: elements.box.current!,
        rows: elements.rows.current!,
        canvas: elements.canvas.current!,
        selectedMark: elements.selectedMark.current!,
        hoveredMark: elements.hoveredMark.current!,
        tip: elements.tip.current!,
        map: elements.map.current!,
        mapCanvas: elements.mapCanvas.current!,
        mapWindow: elements.mapWindow.current!,
      },
      (node) => hovered.current.listener(node),
    );
    return () => canvas.current?.dispose();
  }, []);
  return { canvas, elements, hovered: hovered.current };
}
