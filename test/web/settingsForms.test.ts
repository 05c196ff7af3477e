import { cleanup, fireEvent, render, screen, within } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import HoursDialog from '../../web/components/HoursDialog.svelte';
import PolicyDialog from '../../web/components/PolicyDialog.svelte';
import RouteDialog from '../../web/components/RouteDialog.svelte';
import ScheduleDialog from '../../web/components/ScheduleDialog.svelte';
import SeasonDialog from '../../web/components/SeasonDialog.svelte';
import { ApiError } from '../../web/lib/api.ts';
import { clockOf, minutesOf, spanWords } from '../../web/lib/clock.ts';
import { en } from '../../web/lib/i18n/en.ts';
import { firstOrder, movedOrders, replacements } from '../../web/lib/settingsEditor.ts';
import { fromSnapshot } from '../../web/lib/state/liveReducer.ts';
import { snapshot } from './fixtures.ts';

const spy = () => vi.fn<(...told: unknown[]) => void>();
const people = new Map([
  ['u1', 'Wang Min'],
  ['u2', 'Li Qiang'],
]);
const { grid } = fromSnapshot(snapshot());
const policy = {
  id: 'p1',
  version: 4,
  name: 'Duty',
  repeats: 1,
  steps: [
    { targets: [{ kind: 'schedule', id: 's1' } as const], waitS: 600 },
    { targets: [{ kind: 'user', id: 'u2' } as const], waitS: 90 },
  ],
};
const schedule = { id: 's1', version: 1, name: 'First', timeZone: 'UTC', rotations: [], overrides: [] };
const form = () => ({ busy: false, error: null, onsave: spy(), onclose: spy() });
const button = (name: string): HTMLElement => screen.getByRole('button', { name, hidden: true });
const save = (): Promise<boolean> => fireEvent.click(button('Save'));
const type = (label: string, value: string): Promise<boolean> =>
  fireEvent.input(screen.getByLabelText(label), { target: { value } });
const choose = (label: string, value: string): Promise<boolean> =>
  fireEvent.change(screen.getByLabelText(label), { target: { value } });

beforeEach(() => {
  HTMLDialogElement.prototype.showModal ??= function (this: HTMLDialogElement) {
    this.open = true;
  };
});
afterEach(cleanup);

describe('a policy', () => {
  test('gets a step, which is moved by its button and keeps the focus', async () => {
    const props = { ...form(), document: policy, schedules: [schedule], people };
    render(PolicyDialog, props);
    await fireEvent.click(button('Add step'));
    const third = screen.getAllByRole('listitem', { hidden: true }).at(-1)!;
    await fireEvent.change(within(third).getByLabelText('Add…: Who is told'), {
      target: { value: 'user:u1' },
    });
    await fireEvent.click(button('Move up: Step 3'));
    expect(document.activeElement?.getAttribute('aria-label')).toBe('Move up: Step 2');
    await save();
    expect(props.onsave).toHaveBeenCalledWith({
      name: 'Duty',
      repeats: 1,
      steps: [
        policy.steps[0],
        { targets: [{ kind: 'user', id: 'u1' }], waitS: 600 },
        { targets: [{ kind: 'user', id: 'u2' }], waitS: 90 },
      ],
    });
  });

  test('says beside a step what the server found wrong with it, also after the step was moved', async () => {
    const error = new ApiError(422, 'This cannot be kept', '', {
      code: 'faults',
      faults: [
        { path: 'steps.0.waitS', message: '', code: 'out-of-range', values: { min: 10, max: 86_400 } },
        { path: 'steps.0.targets.1', message: '', code: 'unknown' },
        { path: 'nowhere', message: 'is odd' },
      ],
    });
    const { rerender } = render(PolicyDialog, { ...form(), document: policy, schedules: [schedule], people });
    await fireEvent.click(button('Move down: Step 1'));
    await rerender({ error });
    const [wait] = screen.getAllByLabelText('Then wait, minutes');
    expect(wait!.getAttribute('aria-invalid')).toBe('true');
    const told = document.getElementById(wait!.getAttribute('aria-describedby')!);
    expect(told?.textContent?.trim()).toBe('from 10 to 86400');
    expect(screen.getByText('is not there any more')).toBeDefined();
    expect(screen.getByText('nowhere').parentElement?.textContent).toBe('nowhere: is odd');
  });

  test('that someone else changed is shown as theirs, or saved over it; until then it is not saved', async () => {
    const onconflict = spy();
    const error = new ApiError(409, 'Someone else changed it', '', { code: 'changed' });
    const props = { ...form(), error, onconflict };
    render(PolicyDialog, { ...props, document: policy, schedules: [], people });
    expect(screen.getByText(/Someone else changed it meanwhile/)).toBeDefined();
    expect(button('Save').hasAttribute('disabled')).toBe(true);
    await fireEvent.click(button('Show theirs'));
    await fireEvent.click(button('Keep mine, to save over it'));
    expect(onconflict.mock.calls).toEqual([['theirs'], ['mine']]);
  });

  test('is removed on the second press', async () => {
    const onremove = spy();
    render(PolicyDialog, { ...form(), onremove, document: policy, schedules: [], people });
    await fireEvent.click(button('Remove'));
    expect(onremove).not.toHaveBeenCalled();
    await fireEvent.click(button('Really remove?'));
    expect(onremove).toHaveBeenCalledOnce();
  });
});

describe('a route', () => {
  test('matches what was chosen, at the hours that were chosen', async () => {
    const props = { ...form(), document: null, policies: [policy], grid, order: 90 };
    render(RouteDialog, props);
    await type('Name', 'Night');
    await choose('Add…: Areas', 'A1');
    await choose('Add…: Conditions', 'outage');
    await choose('Severity', 'severe');
    await fireEvent.click(screen.getByLabelText('only with important customers'));
    await fireEvent.click(screen.getByLabelText('Only at certain hours'));
    await choose('From', '21:30');
    await fireEvent.click(screen.getByLabelText('Sat'));
    await save();
    expect(props.onsave).toHaveBeenCalledWith({
      name: 'Night',
      order: 90,
      match: { areaIds: ['A1'], conditions: ['outage'], severityMin: 'severe', importantOnly: true },
      during: { fromMin: 21 * 60 + 30, toMin: 360, weekdays: [6] },
      policyId: 'p1',
      mildToDigest: true,
    });
  });

  test('forgets what was taken back: it matches all again', async () => {
    const route = {
      id: 'r',
      version: 1,
      name: 'All',
      order: 5,
      match: { areaIds: ['A1'], severityMin: 'severe' as const },
      policyId: 'p1',
      mildToDigest: false,
    };
    const props = { ...form(), document: route, policies: [policy], grid, order: 90 };
    render(RouteDialog, props);
    await fireEvent.click(button('Remove Hewan'));
    await choose('Severity', '');
    await save();
    expect(props.onsave.mock.calls[0]![0]).toMatchObject({ order: 5, match: {} });
  });

  test('is moved by numbers that were there, and by new ones where two were alike', () => {
    const routes = [
      { id: 'a', order: 10 },
      { id: 'b', order: 50 },
      { id: 'c', order: 70 },
    ];
    expect(movedOrders(routes, 2, 1)).toEqual([
      { id: 'c', order: 50 },
      { id: 'b', order: 70 },
    ]);
    const alike = routes.map(({ id }) => ({ id, order: 10 }));
    expect(movedOrders(alike, 0, 1)).toEqual([
      { id: 'a', order: 20 },
      { id: 'c', order: 30 },
    ]);
    expect([firstOrder([]), firstOrder(routes), firstOrder([{ order: 4 }])]).toEqual([100, 0, 0]);
  });
});

test('a rota takes people in order, in a zone, from a day on', async () => {
  const props = { ...form(), document: null, people, timeZone: 'Asia/Shanghai', today: '2026-07-20' };
  render(ScheduleDialog, props);
  await fireEvent.input(screen.getAllByLabelText('Name')[0]!, { target: { value: 'Second line' } });
  const who = 'Add…: People, in the order of their turns';
  await choose(who, 'u1');
  await choose(who, 'u2');
  await fireEvent.click(button('Move up: Li Qiang'));
  await type('Hand-off at', '09:15');
  await type('Days of a turn', '3');
  await save();
  expect(props.onsave).toHaveBeenCalledWith({
    name: 'Second line',
    timeZone: 'Asia/Shanghai',
    rotations: [
      {
        name: 'Rotation 1',
        userIds: ['u2', 'u1'],
        startDate: '2026-07-20',
        handOffMin: 555,
        turnDays: 3,
      },
    ],
    overrides: [],
  });
});

test('a season puts another policy in place of one between two days', async () => {
  const props = { ...form(), document: null, policies: [policy, { ...policy, id: 'p2', name: 'Tight' }] };
  render(SeasonDialog, props);
  await type('Name', 'Winter');
  await choose('From: month', '12');
  await choose('From: day', '1');
  await choose('Instead of Duty', 'p2');
  await save();
  expect(props.onsave).toHaveBeenCalledWith({
    name: 'Winter',
    fromDay: '12-01',
    toDay: '09-15',
    waitFactor: 0.5,
    tellMild: false,
    policyInstead: { p1: 'p2' },
  });
  expect(replacements({ p1: '', p2: 'p2', p3: 'p1' })).toEqual({ p3: 'p1' });
});

test('quiet hours are set and taken away', async () => {
  const person = {
    id: 'u1',
    version: 2,
    name: 'Wang Min',
    language: 'en',
    enabled: true,
    quietHours: { fromMin: 1320, toMin: 420, weekdays: [1] },
    timeZone: 'UTC',
    isMine: true,
  } as const;
  const props = { ...form(), person, onconflict: spy() };
  render(HoursDialog, props);
  await choose('Until', '06:00');
  await save();
  await fireEvent.click(screen.getByLabelText('Has quiet hours'));
  await save();
  expect(props.onsave.mock.calls).toEqual([
    [{ quietHours: { fromMin: 1320, toMin: 360, weekdays: [1] }, timeZone: 'UTC' }],
    [{ quietHours: null, timeZone: 'UTC' }],
  ]);
});

test('hours are read and written on the clock, with their days', () => {
  expect([clockOf(485), minutesOf('08:05'), minutesOf('8')]).toEqual(['08:05', 485, null]);
  expect(spanWords({ fromMin: 0, toMin: 60, weekdays: [2, 1] }, en, 'en')).toBe('00:00–01:00 Mon, Tue');
  expect(spanWords({ fromMin: 0, toMin: 60, weekdays: [] }, en, 'en')).toBe('00:00–01:00');
});
