import { describe, expect, it } from 'vitest';
import { BASELINE_NAMES, baselineForecasts, type Baseline } from '../../../server/core/forecast/baselines.ts';
import { chanceOf } from '../../../server/core/forecast/chance.ts';
import type {
  DailyHistory,
  SeasonOutcome,
  TransformerForecast,
} from '../../../server/core/forecast/forecast.ts';
import { emptyHistory } from '../../../server/core/forecast/history.ts';
import { seasonOutcomes } from '../../../server/core/forecast/outcome.ts';
import { scoreSeason, type ScoreInput } from '../../../server/core/forecast/score.ts';
import { seasonOf } from '../../../server/core/forecast/season.ts';
import type { Transformer } from '../../../server/core/grid.ts';
import { transformer } from '../timeline.ts';

const SEASON = seasonOf('summer', 2026);

function outcome(
  transformerId: string,
  low: boolean | null,
  minHourV = low === true ? 190 : 210,
): SeasonOutcome {
  return {
    transformerId,
    low,
    lowHours: low === true ? 10 : 0,
    minHourV,
    coveragePct: low === null ? 20 : 100,
  };
}

function forecast(transformerId: string, pLow: number, p50 = 205): TransformerForecast {
  return {
    transformerId,
    status: Number.isNaN(pLow) ? 'unknown' : 'watch',
    unknownReason: Number.isNaN(pLow) ? 'no-history' : null,
    coveragePct: 100,
    estimatedTailV: null,
    physics: null,
    fan: null,
    pLow,
    expectedLowHours: 10 * pLow,
    minHourV: { p05: p50 - 5, p10: p50 - 4, p50, p90: p50 + 4, p95: p50 + 5 },
    highestV: 230,
    peakLoadPct: { p50: 60, p90: 70 },
  };
}

function said(name: Baseline['name'], scores: readonly number[]): Baseline {
  return {
    name,
    predictions: new Map(
      scores.map((score, i) => [`T${i}`, { score, pLow: score, minHourV: null, lowHours: 0 }]),
    ),
  };
}

function mapOf(outcomes: readonly SeasonOutcome[]): Map<string, SeasonOutcome> {
  return new Map(outcomes.map((one) => [one.transformerId, one]));
}

/** Six transformers: T0 and T1 were low last year, T0 and T2 are this year. */
function sixTransformers(over: Partial<ScoreInput> = {}): ScoreInput {
  return {
    season: SEASON,
    forecasts: [0.9, 0.2, 0.8, 0.1, 0.1, NaN].map((p, i) => forecast(`T${i}`, p)),
    outcomes: mapOf([true, false, true, false, null, true].map((low, i) => outcome(`T${i}`, low))),
    lastOutcomes: mapOf([true, true, false, false, false, false].map((low, i) => outcome(`T${i}`, low))),
    baselines: [
      said('prevalence', [0.3, 0.3, 0.3, 0.3, 0.3, 0.3]),
      said('last-label', [0.7, 0.7, 0.1, 0.1, 0.1, 0.1]),
    ],
    feederOf: (id) => (id < 'T2' ? 'F1' : 'F2'),
    crewCapacity: 2,
    alarmP: 0.5,
    seed: 1,
    draws: 50,
    ...over,
  };
}

describe('scoreSeason', () => {
  it('scores by hand what can be scored, and says what cannot', () => {
    const report = scoreSeason(sixTransformers());
    expect(report).toMatchObject({
      transformers: 4,
      low: 2,
      newEntrants: 1,
      feeders: 2,
      unknown: 1,
      unknownLow: 1,
      withoutOutcome: 1,
      alarms: 2,
      lastYearList: { length: 2, caught: 1 },
      published: 'model',
      beatsAll: true,
    });
    const [model, prevalence, lastLabel] = report.models;
    expect(model).toMatchObject({ caughtAtCrew: 2, newCaughtAtCrew: 1 });
    expect(model!.metrics.prAuc.value).toBe(1);
    expect(model!.metrics.brier.value).toBeCloseTo((0.01 + 0.04 + 0.04 + 0.01) / 4, 9);
    expect(model!.metrics.newRecallAtCrew.value).toBe(1);
    expect(model!.metrics.hoursMae.value).toBeCloseTo((1 + 2 + 2 + 1) / 4, 9);
    expect(prevalence!.metrics.prAuc.value).toBe(0.5);
    expect(prevalence!.brierSkill).toBe(0);
    // Half of two low in each pair of ties.
    expect(lastLabel!.metrics.prAuc.value).toBe(0.5);
    expect(lastLabel!.metrics.recallAtCrew.value).toBe(0.5);
    expect(lastLabel!.metrics.newRecallAtCrew.value).toBe(0);
  });

  it('publishes the baseline that is better', () => {
    const baselines = [
      said('prevalence', [0.3, 0.3, 0.3, 0.3, 0.3, 0.3]),
      said('last-minimum', [0.9, 0.1, 0.8, 0.1, 0, 0]),
    ];
    const forecasts = [0.1, 0.9, 0.2, 0.8, 0.1, NaN].map((p, i) => forecast(`T${i}`, p));
    expect(scoreSeason(sixTransformers({ baselines, forecasts }))).toMatchObject({
      published: 'last-minimum',
      beatsAll: false,
    });
  });

  it('ranks equal probabilities by depth', () => {
    const forecasts = [
      forecast('T0', 0.4, 196),
      forecast('T1', 0.4, 204),
      forecast('T2', 0.4, 198),
      forecast('T3', 0.4, 207),
    ];
    expect(scoreSeason(sixTransformers({ forecasts })).models[0]!.metrics.prAuc.value).toBe(1);
  });

  it('has an answer for a season without low voltage, and for none at all', () => {
    const outcomes = mapOf([0, 1, 2, 3].map((i) => outcome(`T${i}`, false)));
    const report = scoreSeason(sixTransformers({ outcomes }));
    expect(report).toMatchObject({ low: 0, published: 'model', beatsAll: false });
    expect(report.models[0]!.metrics.prAuc).toEqual({ value: null, low: null, high: null });
    expect(scoreSeason(sixTransformers({ forecasts: [] }))).toMatchObject({
      transformers: 0,
      published: 'model',
    });
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });
});

describe('baselineForecasts', () => {
  /** Grids whose level moves a little from year to year while the load of some grows. */
  function grid(seed: number, years: readonly number[]) {
    const chance = chanceOf(seed);
    const transformers: Transformer[] = [];
    const histories = new Map<string, DailyHistory>();
    const firstDay = seasonOf('summer', years[0]!).firstDay - 200;
    const lastDay = seasonOf('summer', years.at(-1)!).lastDay;
    for (let row = 0; row < 300; row++) {
      const id = `T${row}`;
      transformers.push(transformer(id, { capacityKva: 100 + 50 * (row % 4), feederId: `F${row % 15}` }));
      const history = emptyHistory(id, { firstDay, lastDay });
      const sourceV = 218 + 6 * chance.normal();
      const growth = row % 5 === 0 ? 1.25 : 1.02;
      for (let day = 0; day < history.days; day++) {
        const season = 0.5 - 0.5 * Math.cos((2 * Math.PI * (firstDay + day - 15)) / 365.25);
        const load = (0.4 + 0.6 * season) * growth ** (day / 365) * (1 + 0.05 * chance.normal());
        const volts = sourceV - 11 * load + 0.6 * chance.normal();
        for (const phase of ['a', 'b', 'c'] as const) {
          history.columns[`u${phase}MinHourV`][day] = volts;
          history.columns[`i${phase}MaxHourA`][day] = 150 * load;
        }
        history.columns.validHours[day] = 24;
        history.columns.lowHours[day] = volts < 198 ? 2 : 0;
      }
      histories.set(id, history);
    }
    return { transformers, histories };
  }

  const options = { lowPu: 0.9, coverageMinPct: 60 };

  function scored(years: readonly number[], seed = 3) {
    const { transformers, histories } = grid(seed, years);
    const season = seasonOf('summer', years.at(-1)!);
    const baselines = baselineForecasts({ season, transformers, histories, options });
    const outcomes = seasonOutcomes({ transformers, histories, options }, season);
    const report = scoreSeason({
      season,
      forecasts: [...outcomes.keys()].map((id) => forecast(id, 0.1)),
      outcomes,
      lastOutcomes: seasonOutcomes(
        { transformers, histories, options },
        seasonOf('summer', years.at(-1)! - 1),
      ),
      baselines,
      feederOf: (id) => transformers.find((t) => t.id === id)!.feederId,
      crewCapacity: 40,
      alarmP: 0.5,
      seed: 1,
      draws: 40,
    });
    return { baselines, report, byName: new Map(report.models.map((model) => [model.name, model])) };
  }

  it.each([[[2025, 2026]], [[2023, 2024, 2025, 2026]]])(
    'with the summers %j every one says something of everyone',
    (years) => {
      const { baselines } = scored(years);
      expect(baselines.map(({ name }) => name)).toEqual(BASELINE_NAMES);
      for (const { predictions } of baselines) {
        expect(predictions.size).toBe(300);
        for (const { pLow, score, lowHours } of predictions.values()) {
          expect(pLow).toBeGreaterThan(0);
          expect(pLow).toBeLessThanOrEqual(1);
          expect(Number.isFinite(score + lowHours)).toBe(true);
        }
      }
    },
  );

  it('is the harder the more it knows', () => {
    const { byName } = scored([2023, 2024, 2025, 2026]);
    const prAuc = (name: string) => byName.get(name)!.metrics.prAuc.value!;
    expect(prAuc('last-label')).toBeGreaterThan(prAuc('prevalence') + 0.2);
    expect(prAuc('last-minimum')).toBeGreaterThan(prAuc('last-label'));
    expect(prAuc('minimum-growth')).toBeGreaterThan(prAuc('last-minimum'));
    expect(byName.get('minimum-growth')!.metrics.brier.value!).toBeLessThan(
      byName.get('prevalence')!.metrics.brier.value! / 2,
    );
  });

  it('knows nothing of what came after the origin', () => {
    const years = [2024, 2025, 2026];
    const { transformers, histories } = grid(9, years);
    const season = seasonOf('summer', 2026);
    const before = baselineForecasts({ season, transformers, histories, options });
    for (const history of histories.values()) {
      const at = season.originDay + 1 - history.firstDay;
      for (const column of Object.values(history.columns)) column.fill(1, at);
    }
    expect(baselineForecasts({ season, transformers, histories, options })).toEqual(before);
  });

  it('does without a transformer that has no history', () => {
    const { transformers, histories } = grid(2, [2025, 2026]);
    const more = [...transformers, transformer('new')];
    const season = seasonOf('summer', 2026);
    for (const { predictions } of baselineForecasts({ season, transformers: more, histories, options })) {
      const { pLow, minHourV } = predictions.get('new')!;
      expect(pLow).toBeGreaterThan(0);
      expect(minHourV === null || Number.isFinite(minHourV.p50)).toBe(true);
    }
  });
});
