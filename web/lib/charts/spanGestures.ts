import type { Attachment } from 'svelte/attachments';
import { panSpan, type TimeSpan, zoomSpan } from '../analysis/span.ts';

interface SpanGestures {
  span: () => TimeSpan;
  latestMs: () => number;
  change: (span: TimeSpan) => void;
  /** Pixels left and right of the plotted area. */
  inset: { left: number; right: number };
}

const WHEEL_FACTOR = 1.0016;
const KEY_FACTOR = 1.6;
const KEY_SHARE = 0.2;

/** Wheel and pinch zoom, drag pans; `+ − ← →` do the same from the keyboard. */
export function spanGestures({ span, latestMs, change, inset }: SpanGestures): Attachment<HTMLElement> {
  return (element) => {
    const width = (): number => Math.max(1, element.clientWidth - inset.left - inset.right);
    const place = (event: MouseEvent): number => {
      const x = event.clientX - element.getBoundingClientRect().left - inset.left;
      return Math.max(0, Math.min(1, x / width()));
    };
    const wheel = (event: WheelEvent): void => {
      event.preventDefault();
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      change(
        sideways
          ? panSpan(span(), event.deltaX / width(), latestMs())
          : zoomSpan(span(), place(event), WHEEL_FACTOR ** event.deltaY, latestMs()),
      );
    };
    const key = (event: KeyboardEvent): void => {
      const action: Record<string, () => TimeSpan> = {
        '+': () => zoomSpan(span(), 0.5, 1 / KEY_FACTOR, latestMs()),
        '=': () => zoomSpan(span(), 0.5, 1 / KEY_FACTOR, latestMs()),
        '-': () => zoomSpan(span(), 0.5, KEY_FACTOR, latestMs()),
        ArrowLeft: () => panSpan(span(), -KEY_SHARE, latestMs()),
        ArrowRight: () => panSpan(span(), KEY_SHARE, latestMs()),
      };
      const run = action[event.key];
      if (run === undefined) return;
      event.preventDefault();
      change(run());
    };
    const stopDrag = dragging(element, (movedPx) => change(panSpan(span(), -movedPx / width(), latestMs())));
    element.addEventListener('wheel', wheel, { passive: false });
    element.addEventListener('keydown', key);
    return () => {
      stopDrag();
      element.removeEventListener('wheel', wheel);
      element.removeEventListener('keydown', key);
    };
  };
}

/** Reports how far a pressed pointer moved since it last said so. */
function dragging(element: HTMLElement, moved: (px: number) => void): () => void {
  let lastX: number | null = null;
  const down = (event: PointerEvent): void => {
    if (event.button === 0) lastX = event.clientX;
  };
  const move = (event: PointerEvent): void => {
    if (lastX === null) return;
    const px = event.clientX - lastX;
    if (px === 0) return;
    lastX = event.clientX;
    moved(px);
  };
  const up = (): void => {
    lastX = null;
  };
  element.addEventListener('pointerdown', down);
  window.addEventListener('pointermove', move);
  window.addEventListener('pointerup', up);
  window.addEventListener('pointercancel', up);
  return () => {
    element.removeEventListener('pointerdown', down);
    window.removeEventListener('pointermove', move);
    window.removeEventListener('pointerup', up);
    window.removeEventListener('pointercancel', up);
  };
}
