import { describe, expect, it } from 'vitest';
import { localPrincipal, type Principal } from '../../server/core/access.ts';
import { loadConfig } from '../../server/config.ts';
import { createHttpApp } from '../../server/http/app.ts';
import type { HttpDeps } from '../../server/http/deps.ts';
import { LiveHub } from '../../server/http/live.ts';
import type { ThresholdOutcome } from '../../server/pipeline/thresholdReplay.ts';
import type { ReadingStore } from '../../server/ports.ts';
import { ruleDesk } from '../../server/replayRule.ts';
import { columnsOf, meanHistory } from '../fixtures/meanHistory.ts';
import { gridModel, handClock, httpDeps, mapSnapshot, signedInAs, transformer } from './deps.ts';

/** `GET rules` and `POST replays`: a rule tried over stored history, within the sight of who asks. */

const FROM_MS = Date.UTC(2026, 6, 14, 10);
const TO_MS = FROM_MS + 6 * 3_600_000;
const base = gridModel([transformer('T1'), transformer('T9', { areaId: 'A9', feederId: 'F9' })]);
const MODEL = {
  ...base,
  areas: [...base.areas, { id: 'A9', name: '东岭供电所', org: 'county' }],
  feeders: [...base.feeders, { id: 'F9', name: '东岭线', substationId: 'S2', substationName: '东岭变' }],
};
/** Two hours at 193 V between hours that are well: mild under the profile in force, nothing under a looser one. */
const DIP = [...Array<number>(12).fill(225), ...Array<number>(12).fill(193), ...Array<number>(12).fill(225)];
const PLANNER: Principal = { id: 'u', name: 'Lin', role: 'planner', areaIds: ['A1'], via: 'session' };

function compose(
  who: Principal,
  scanMeans = meanHistory(['T1', 'T9'].map((id) => columnsOf(id, FROM_MS, DIP))).scanMeans,
) {
  const config = loadConfig({ env: {} });
  const live = { snapshot: () => mapSnapshot(MODEL, [0, 0]), onDelta: () => () => undefined };
  const deps = httpDeps({
    live: live as unknown as HttpDeps['live'],
    grid: () => MODEL,
    access: signedInAs(who),
    rules: ruleDesk(config, { scanMeans } as unknown as ReadingStore, () => MODEL),
  });
  const app = createHttpApp(deps, new LiveHub(live, handClock().clock, 'run1'));
  return (body: object) =>
    app.request('/api/v1/replays', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify({ rule: {}, fromMs: FROM_MS, toMs: TO_MS, ...body }),
    });
}

interface Line {
  progress?: { share: number };
  report?: ThresholdOutcome;
  problem?: { title: string; detail: string };
}

async function linesOf(answer: Response): Promise<Line[]> {
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toContain('application/x-ndjson');
  return (await answer.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}
const reportOf = async (answer: Response): Promise<ThresholdOutcome> =>
  (await linesOf(answer)).at(-1)!.report!;

describe('POST replays', () => {
  it('answers with the draft beside the rule in force, over the same history', async () => {
    const ask = compose(localPrincipal('local'));
    const rule = { limits: { overrides: [{ kind: 'rural', lowV: 190 }] } };
    const lines = await linesOf(await ask({ rule }));
    const { draft, inForce, points, rows } = lines.at(-1)!.report!;
    expect({ points, rows }).toEqual({ points: 2, rows: 72 });
    expect(draft).toMatchObject({ incidents: 0, pages: 0, list: [] });
    // Two feeders, low at the same time: mild, so left to the digest.
    expect(inForce).toMatchObject({ incidents: 2, pages: 0, digested: 2 });
    expect(inForce.list[0]).toMatchObject({
      condition: 'under-voltage',
      severity: 'mild',
      worstV: 193,
      limitV: 198,
    });
    expect(lines.slice(0, -1).every(({ progress }) => progress !== undefined)).toBe(true);
  });

  it('a planner of one area tries a rule over that area alone, whether they name it or not', async () => {
    const { scans, scanMeans } = meanHistory(['T1', 'T9'].map((id) => columnsOf(id, FROM_MS, DIP)));
    const ask = compose(PLANNER, scanMeans);
    for (const body of [{}, { areaId: 'A1' }]) {
      const answer = await ask(body);
      const text = await answer.clone().text();
      expect((await reportOf(answer)).inForce.list.map((one) => one.transformerIds)).toEqual([['T1']]);
      expect(['T9', 'F9', 'A9'].filter((foreign) => text.includes(foreign))).toEqual([]);
    }
    expect(scans.map(({ transformerIds }) => [...transformerIds!])).toEqual([['T1'], ['T1']]);
    const foreign = await ask({ areaId: 'A9' });
    expect(foreign.status).toBe(404);
    expect(await foreign.json()).toEqual({
      ...(await (await ask({ areaId: 'A8' })).json()),
      detail: expect.any(String),
    });
    expect(scans).toHaveLength(2);
  });

  it('who sees all may name one area', async () => {
    const ask = compose(localPrincipal('local'));
    const { points, inForce } = await reportOf(await ask({ areaId: 'A9' }));
    expect({ points, feeders: inForce.list.map(({ feederId }) => feederId) }).toEqual({
      points: 1,
      feeders: ['F9'],
    });
  });

  it.each(['viewer', 'on-call'] as const)('is not for the role %s', async (role) => {
    expect((await compose({ ...PLANNER, role })({})).status).toBe(403);
  });

  it.each([
    ['backwards', { toMs: FROM_MS }],
    ['longer than 400 days', { toMs: FROM_MS + 401 * 86_400_000 }],
  ])('refuses a span that is %s', async (_, span) => {
    const answer = await compose(PLANNER)(span);
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ title: 'No such span' });
  });

  it('refuses a rule with all its faults, and runs nothing', async () => {
    const { scans, scanMeans } = meanHistory([]);
    const answer = await compose(
      PLANNER,
      scanMeans,
    )({ rule: { detection: { severeBelowPu: 7, deadbandV: -1 } } });
    expect(answer.status).toBe(422);
    const { detail } = (await answer.json()) as { detail: string };
    expect(detail.split('\n')).toEqual([
      expect.stringMatching(/^detection\.severeBelowPu: /),
      expect.stringMatching(/^detection\.deadbandV: /),
    ]);
    expect(scans).toEqual([]);
  });

  it('runs one at a time, and the next one when it is over, also after one that failed', async () => {
    const held = Promise.withResolvers<void>();
    const ask = compose(PLANNER, () => held.promise);
    const first = await ask({});
    expect((await ask({})).status).toBe(409);
    held.reject(new Error('the store is away'));
    expect((await linesOf(first)).at(-1)).toEqual({
      problem: { title: 'The replay ended early', detail: 'the store is away' },
    });
    expect((await linesOf(await ask({}))).at(-1)).toEqual({
      problem: { title: 'The replay ended early', detail: 'the store is away' },
    });
  });

  it('ends when nobody waits for it any more', async () => {
    const ended = Promise.withResolvers<unknown>();
    const ask = compose(
      PLANNER,
      ({ signal }) =>
        new Promise((_, reject) => {
          signal!.addEventListener('abort', () => {
            ended.resolve(signal!.reason);
            reject(signal!.reason as Error);
          });
        }),
    );
    await (await ask({})).body!.cancel();
    expect(String(await ended.promise)).toContain('nobody waits');
    const next = await ask({});
    expect(next.status).toBe(200);
    await next.body!.cancel();
  });
});
