import { cleanup, fireEvent, render, screen } from '@testing-library/svelte';
import { afterEach, expect, test, vi } from 'vitest';
import MeasureRegister from '../../web/components/MeasureRegister.svelte';
import type { RegisteredMeasure } from '../../web/lib/readinessApi.ts';
import { registeredMeasure } from '../fixtures/readiness.ts';

afterEach(cleanup);

function shown(fields: Partial<RegisteredMeasure>, mayChange = true) {
  const measure = { ...registeredMeasure('M'), second: null, ...fields } as RegisteredMeasure;
  const onstate = vi.fn<(measure: RegisteredMeasure, state: string) => void>();
  const on = { ondone: () => undefined, onverify: () => undefined, onstate };
  render(MeasureRegister, { measures: [measure], nameOf: (id: string) => id, mayChange, ...on });
  return { measure, onstate };
}

test('what was marked as done by mistake can be taken back while nothing was decided', async () => {
  const { measure, onstate } = shown({ state: 'done', doneMs: 1 });
  await fireEvent.click(screen.getByRole('button', { name: 'Not done after all' }));
  expect(onstate.mock.calls).toEqual([[measure, 'planned']]);
});

test.each(['planned', 'verified', 'failed', 'dropped'] as const)('%s is not taken back', (state) => {
  shown({ state });
  expect(screen.queryByRole('button', { name: 'Not done after all' })).toBeNull();
});

test('who may not change the register is offered nothing', () => {
  shown({ state: 'done', doneMs: 1 }, false);
  expect(screen.queryByRole('button')).toBeNull();
});
