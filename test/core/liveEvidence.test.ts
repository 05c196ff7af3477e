import { expect, it } from 'vitest';
import { MINUTE_MS, START_MS, Timeline } from './timeline.ts';

it('tells the latest values, and the voltage of each quarter of the past day', () => {
  const timeline = new Timeline(15);
  const evidence = timeline.engine.evidence();
  expect(evidence.now('T1')).toBeNull();
  timeline.tick(0).at(0, 225, 224, 226, { iaA: 10, pKw: 30, qKvar: 40 }).tick(15);
  timeline.at(15, 200, 210, 220).tick(30);
  expect(evidence.now('T1')).toMatchObject({ uaV: 200, ubV: 210, ucV: 220, hasData: true, intervalS: 900 });
  expect(evidence.now('T2')).toBeNull();
  const beforeV = (minute: number): number => evidence.beforeV('T1', START_MS + minute * MINUTE_MS);
  // A reading shows when it arrives, at its end.
  expect(beforeV(0)).toBeNaN();
  expect(beforeV(15)).toBe(224);
  expect(beforeV(30)).toBe(200);
  expect(beforeV(-15)).toBeNaN();
  expect(beforeV(60)).toBeNaN();
  timeline.tick(24 * 60 + 15);
  expect(beforeV(30)).toBe(200);
  expect(beforeV(15)).toBeNaN();
});
