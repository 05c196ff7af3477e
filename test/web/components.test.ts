import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { PipelineStatus } from '../../server/ports.ts';
import DeadLetterTable from '../../web/components/DeadLetterTable.svelte';
import Failure from '../../web/components/Failure.svelte';
import FlowCard from '../../web/components/FlowCard.svelte';
import MapFilters from '../../web/components/MapFilters.svelte';
import MapList from '../../web/components/MapList.svelte';
import Phases from '../../web/components/Phases.svelte';
import ReplayBar from '../../web/components/ReplayBar.svelte';
import { ApiError } from '../../web/lib/api.ts';
import { i18n } from '../../web/lib/i18n/i18n.svelte.ts';
import { fromSnapshot } from '../../web/lib/state/liveReducer.ts';
import { snapshot } from './fixtures.ts';

/** A callback that remembers what it was told. */
const spy = () => vi.fn<(...told: unknown[]) => void>();

afterEach(() => {
  cleanup();
  i18n.locale = 'en';
});

describe('the list beside the map', () => {
  const picture = fromSnapshot(snapshot());
  const props = { grid: picture.grid, frame: picture, rows: [1, 2], filtered: false, selected: 1 };

  test('names each transformer, its condition in words, its voltage with unit', () => {
    render(MapList, { ...props, onselect: spy() });
    const [first] = screen.getAllByRole('listitem');
    expect(first?.textContent).toMatch(/东岭 2.*serious low · 54 homes.*184\.2.V/s);
    expect(within(first!).getByRole('button').getAttribute('aria-current')).toBe('true');
  });

  test("shows the English name in English, the registry's in Chinese", () => {
    const grid = fromSnapshot(snapshot({ nameEn: [null, 'Dongling 2', null] })).grid;
    const shown = (): string[] => screen.getAllByRole('button').map((row) => row.textContent ?? '');
    render(MapList, { ...props, grid, onselect: spy() });
    expect(shown()).toEqual([expect.stringContaining('Dongling 2'), expect.stringContaining('Xiawa 3')]);
    cleanup();
    i18n.locale = 'zh-CN';
    render(MapList, { ...props, grid, onselect: spy() });
    expect(shown()[0]).toContain('东岭 2');
  });

  test('a row is chosen by its button', async () => {
    const onselect = spy();
    render(MapList, { ...props, onselect });
    await fireEvent.click(screen.getByRole('button', { name: /Xiawa 3/ }));
    expect(onselect).toHaveBeenCalledWith(2);
  });

  test('an empty list says in one sentence whether all is calm or nothing matches', () => {
    const { unmount } = render(MapList, { ...props, rows: [], onselect: spy() });
    expect(screen.getByText('Nothing is low, high or out.').tagName).toBe('P');
    unmount();
    render(MapList, { ...props, rows: [], filtered: true, onselect: spy() });
    expect(screen.getByText('No transformer matches.').tagName).toBe('P');
  });

  test('speaks Chinese when the language is switched', () => {
    i18n.locale = 'zh-CN';
    render(MapList, { ...props, onselect: spy() });
    expect(screen.getByRole('heading').textContent).toContain('需要处理');
    expect(screen.getAllByRole('listitem')[0]?.textContent).toContain('较重低电压');
  });
});

test('filters tell what they are set to, and are cleared together', async () => {
  const onchange = spy();
  const filter = { query: '', area: 'A2', feeder: '', condition: '', importantOnly: false };
  render(MapFilters, {
    filter,
    areas: [{ id: 'A2', name: '东岭', nameEn: 'Dongling' }],
    feeders: [],
    onchange,
  });
  expect(screen.getByRole<HTMLSelectElement>('combobox', { name: 'Area' }).value).toBe('A2');
  expect(screen.getByRole('option', { name: 'Dongling' }).getAttribute('value')).toBe('A2');
  await fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'TQ' } });
  expect(onchange).toHaveBeenLastCalledWith({ query: 'TQ' });
  await fireEvent.click(screen.getByRole('button', { name: 'Clear filters' }));
  expect(onchange).toHaveBeenLastCalledWith({ ...filter, area: '' });
});

test('the replay slider says the time, and seeks by share of the day', async () => {
  const onseek = spy();
  const day = { startMs: Date.parse('2026-07-20T00:00:00Z'), stepMs: 900_000, steps: 97 };
  const actions = { onplay: spy(), onpause: spy(), onlive: spy(), onseek };
  render(ReplayBar, {
    day,
    step: 48,
    playing: false,
    loading: false,
    failed: null,
    timeZone: 'Asia/Shanghai',
    ...actions,
  });
  const slider = screen.getByRole('slider');
  expect(slider.getAttribute('aria-valuetext')).toBe('Jul 20, 20:00');
  await fireEvent.input(slider, { target: { value: '24' } });
  expect(onseek).toHaveBeenCalledWith(0.25);
  expect(screen.getByRole('button', { name: 'Back to live' }).tagName).toBe('BUTTON');
});

test('phases outside the limits are marked, and what is not measured is a dash', () => {
  const point = {
    point: 'outlet',
    tsMs: 0,
    intervalS: 60,
    uaV: 221,
    ubV: 184.2,
    ucV: null,
    iaA: 310,
    ibA: 402,
    icA: null,
  };
  const rest = { inA: null, pKw: null, qKvar: null, condition: 'serious-low' } as const;
  const { container } = render(Phases, {
    point: { ...point, ...rest },
    limits: { lowV: 198, highV: 235.4 },
    nowMs: 12_000,
  });
  expect([...container.querySelectorAll('.volts')].map((cell) => cell.className.includes('outside'))).toEqual(
    [false, true, false],
  );
  expect(container.querySelectorAll('.volts')[2]?.textContent).toMatch(/^\s*–/);
  expect(container.textContent).toContain('Age 12\u202fs');
});

describe('the flow from broker to store', () => {
  const pipeline = (error: number): PipelineStatus => ({
    conservation: { received: 100, stored: 90, spooled: 5, deadLettered: 3, duplicate: 2 - error, error },
    spool: { entries: 1, bytes: 2048, oldestAgeMs: 900, refusal: null },
    writer: { state: 'idle', reason: null, remedy: null, lastStoredMs: null, storedPerS: 0, retries: 0 },
    ingest: { messagesPerS: 1, readingsPerS: 1, lastReadingMs: null },
    detectionP99Ms: null,
    points: 3,
  });

  test('a sum that is right is one quiet line', () => {
    render(FlowCard, { pipeline: pipeline(0), nowMs: 0 });
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.getByText(/Nothing is missing/).tagName).toBe('P');
  });

  test('a sum that is wrong is an alarm with what to do', () => {
    render(FlowCard, { pipeline: pipeline(2), nowMs: 0 });
    expect(screen.getByRole('alert').textContent).toMatch(/2 readings are unaccounted for.*peakvolt doctor/s);
  });

  test('a writer that stopped says why and how to mend it', () => {
    const parked = { state: 'parked', reason: '401 Unauthorized', remedy: 'Set INFLUX_TOKEN.' } as const;
    const status = pipeline(0);
    render(FlowCard, { pipeline: { ...status, writer: { ...status.writer, ...parked } }, nowMs: 0 });
    expect(screen.getByRole('alert').textContent).toMatch(/parked: 401 Unauthorized.*Set INFLUX_TOKEN/s);
  });
});

test('dead letters: chosen by reason, replayed one by one or all of a reason', async () => {
  const letter = {
    id: 'L1',
    receivedMs: 0,
    topic: 'pq/v1/o/TQ-9/data',
    payloadText: '{"id":<',
    payloadBytes: 7,
  };
  const why = { reason: 'unparsable', detail: 'not JSON at 6', transformerId: null } as const;
  const [onreason, onreplay] = [spy(), spy()];
  render(DeadLetterTable, {
    counts: [{ reason: 'unparsable', count: 21 }],
    letters: [{ ...letter, ...why }],
    reason: 'unparsable',
    more: false,
    busy: false,
    timeZone: 'UTC',
    onreason,
    onreplay,
    onmore: spy(),
  });
  expect(screen.getByText('{"id":<').tagName).toBe('PRE');
  await fireEvent.click(screen.getByRole('button', { name: 'Replay' }));
  expect(onreplay).toHaveBeenLastCalledWith({ id: 'L1' });
  await fireEvent.click(screen.getByRole('button', { name: 'Replay all: unparsable' }));
  expect(onreplay).toHaveBeenLastCalledWith({ reason: 'unparsable' });
  await fireEvent.click(screen.getByRole('button', { name: /^unparsable 21$/ }));
  expect(onreason).toHaveBeenCalledWith(null);
});

test('a failure says what happened, what was kept and what to do', async () => {
  const onretry = spy();
  render(Failure, { error: new ApiError(503, 'Store not ready', 'It is starting.'), onretry });
  expect(screen.getByRole('alert').textContent).toMatch(
    /Store not ready\s*It is starting\..*Nothing was lost.*System page/s,
  );
  await fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(onretry).toHaveBeenCalledOnce();
});
