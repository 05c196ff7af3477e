import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import MapCanvas from '../../web/components/MapCanvas.svelte';
import { POINT_SHAPE } from '../../web/lib/map/pointStyle.ts';
import { fromSnapshot } from '../../web/lib/state/liveReducer.ts';
import { rollUp, snapshot } from './fixtures.ts';

/** Stands for the drawn map: jsdom has no GPU. It keeps what it was told. */
const told = vi.hoisted(() => ({
  grids: 0,
  shapes: [] as number[],
  canDraw: true,
  events: {} as { onCamera?: (at: { lon: number; lat: number; zoom: number }) => void },
}));

vi.mock('../../web/lib/map/gridMap.ts', () => ({
  canDraw: () => told.canDraw,
  GridMap: class {
    map = { triggerRepaint: () => undefined };
    points = { buffers: { color: new Uint8Array(12), shape: new Uint8Array(3) } };
    constructor(_container: unknown, _tokens: unknown, events: typeof told.events) {
      told.events = events;
    }
    setGrid(): void {
      told.grids += 1;
      this.points.buffers = { color: new Uint8Array(12), shape: new Uint8Array(3) };
    }
    redraw(): void {
      told.shapes = [...this.points.buffers.shape];
    }
    setLabel(): void {}
    setTokens(): void {}
    setRollUps(): void {}
    setFocus(): void {}
    setVisible(): void {}
    destroy(): void {}
  },
}));

vi.stubGlobal('matchMedia', () => ({ matches: true }));

const picture = fromSnapshot(snapshot());
const quiet = { onselect: () => undefined, oncamera: () => undefined, onfailed: () => undefined };
const props = {
  grid: picture.grid,
  frame: { columns: picture.columns, changed: null },
  areas: [
    rollUp(),
    rollUp({ worst: 'serious-low' as const, byCondition: [1, 0, 0, 1, 0, 1, 0, 0], customersLow: 174 }),
  ],
  feeders: [rollUp()],
  visible: Uint8Array.of(1, 1, 0),
  ranked: [1, 2],
  layer: 'now' as const,
  figures: null,
  theme: 'dark' as const,
  selected: null,
  focus: { area: null, feeder: null },
  camera: null,
  onarea: () => undefined,
  ...quiet,
};

beforeEach(() => {
  Object.assign(told, { grids: 0, shapes: [], canDraw: true });
});
afterEach(cleanup);

describe('the map', () => {
  test('keeps its points when the camera that it reported comes back as a property', async () => {
    const { rerender } = render(MapCanvas, props);
    await vi.waitFor(() =>
      expect(told.shapes).toEqual([POINT_SHAPE.dot, POINT_SHAPE.triangleDown, POINT_SHAPE.hidden]),
    );
    await rerender({ camera: { lon: 113, lat: 29, zoom: 9 } });
    await rerender({ frame: { columns: picture.columns, changed: [] } });
    expect(told.grids).toBe(1);
    expect(told.shapes).toEqual([POINT_SHAPE.dot, POINT_SHAPE.triangleDown, POINT_SHAPE.hidden]);
  });

  test('says of each area how many are low and how many homes, and a press chooses it', async () => {
    const onarea = vi.fn<(area: number) => void>();
    render(MapCanvas, { ...props, onarea });
    const badge = await screen.findByRole('button', { name: /东岭/ });
    expect(badge.textContent).toMatch(/2 low \/ 3 · 174 homes/);
    await fireEvent.click(badge);
    expect(onarea).toHaveBeenCalledWith(1);
  });

  test('without a GPU hands over to the list', async () => {
    told.canDraw = false;
    const onfailed = vi.fn<() => void>();
    render(MapCanvas, { ...props, onfailed });
    await vi.waitFor(() => expect(onfailed).toHaveBeenCalledOnce());
  });
});
