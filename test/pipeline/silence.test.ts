import { expect, it } from 'vitest';
import { Engine } from '../../server/core/engine.ts';
import { createDecoder } from '../../server/ingest/decoder.ts';
import { gridOf, transformerOf } from '../fixtures/transformers.ts';
import { Rig } from './rig.ts';

/** No data is noticed by the passing of time alone, so the log must tell when time was looked at, and by whom. */

const MINUTE_MS = 60_000;

async function listening(): Promise<{ rig: Rig; told: string[]; crash(downMs: number): Promise<void> }> {
  const rig = await new Rig({
    engine: () => new Engine(),
    decoder: () => createDecoder({ newId: () => 'none' }),
    grid: { version: 1, ...gridOf(transformerOf('T1'), transformerOf('T2')) },
  }).start();
  const told: string[] = [];
  const listen = (): void => {
    rig.pipeline.onEvents((events) => told.push(...events.map((e) => `${e.transformerId} ${e.kind}`)));
  };
  listen();
  const crash = async (downMs: number): Promise<void> => {
    await rig.crash(downMs);
    listen();
  };
  return { rig, told, crash };
}

async function minutes(rig: Rig, count: number, ...ids: string[]): Promise<void> {
  for (let i = 0; i < count; i++) {
    const body = JSON.stringify({ ts: rig.clock.nowMs() - MINUTE_MS, int: 60, u: { a: 221 + (i % 9) / 10 } });
    for (const id of ids) rig.publish(`pq/v1/demo/${id}/data`, body);
    await rig.clock.advance(MINUTE_MS);
  }
}

it('tells of a silent device once, however often the process is killed', async () => {
  const { rig, told, crash } = await listening();
  await minutes(rig, 3, 'T1', 'T2');
  await minutes(rig, 4, 'T2');
  expect(told).toEqual(['T1 raised']);
  await crash(0);
  await minutes(rig, 1, 'T2');
  await crash(0);
  await minutes(rig, 5, 'T2');
  expect(told).toEqual(['T1 raised']);
  await minutes(rig, 1, 'T1', 'T2');
  expect(told).toEqual(['T1 raised', 'T1 cleared']);
});

it('does not blame the devices for the time in which nobody listened', async () => {
  const { rig, told, crash } = await listening();
  await minutes(rig, 3, 'T1', 'T2');
  await crash(60 * MINUTE_MS);
  await minutes(rig, 1, 'T2');
  expect(told).toEqual([]);
  await minutes(rig, 4, 'T2');
  expect(told).toEqual(['T1 raised']);
});

it('does not forget what it noticed just before it was killed, nor takes its own absence for silence', async () => {
  const { rig, told, crash } = await listening();
  await minutes(rig, 3, 'T1', 'T2');
  await minutes(rig, 1, 'T2');
  for (let s = 0; s < 120 && told.length === 0; s++) await rig.clock.advance(1_000);
  expect(told).toEqual(['T1 raised']);
  await crash(60 * MINUTE_MS);
  await rig.clock.advance(30_000);
  await minutes(rig, 1, 'T1', 'T2');
  expect(told).toEqual(['T1 raised', 'T1 cleared']);
});
