import { z } from 'zod';
import { TONIGHT_READERS } from './core/incident/tonightNotice.ts';
import { MEASURE_SETTINGS } from './core/measures/catalogue.ts';
import { MEASURE_COSTS } from './core/measures/cost.ts';

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected HH:MM');

const cost = (byDefault: number) => z.number().min(0).default(byDefault);

/** Planning: the forecast of the season to come, and of the next days. */
export const planConfigShape = {
  readiness: z
    .strictObject({
      /** A run each night for the season to come. */
      enabled: z.boolean().default(true),
      /** When, by the clock of the grid. */
      nightlyAt: clockTime.default('02:00'),
      /** When the next three days are forecast and told; between seasons only where a weather forecast is fed. */
      morningAt: clockTime.default('06:30'),
      /**
       * Who has the morning's forecast, when a transformer is likely to go low: whom low voltage there would reach first
       * this evening, and users with the role planner; each of the areas in their sight. Nobody where empty.
       */
      digestTo: z.array(z.enum(TONIGHT_READERS)).default([...TONIGHT_READERS]),
      /** Nightly runs begin so many days before the season does. */
      daysAhead: z.number().int().min(1).max(366).default(180),
      /** Threads that share a run. */
      threads: z.number().int().min(1).max(64).default(2),
      /** Added to every past weather year, K. */
      warmingK: z.number().min(-5).max(10).default(0),
      /** Draws for each weather year. */
      replicates: z.number().int().min(1).max(100).default(8),
      seed: z.number().int().min(0).default(1),
      /** Days of the last same season that must be valid, else a transformer is unknown, %. */
      coverageMinPct: z.number().min(0).max(100).default(60),
      /** Probability of a low hour from which a transformer is at risk, and from which it is watched. */
      atRiskP: z.number().min(0).max(1).default(0.5),
      watchP: z.number().min(0).max(1).default(0.1),
      /** Measures that the crews can carry out before a season: the first so many of the ranking are what is scored. */
      crewCapacity: z.number().int().min(1).default(30),
      /** What is assumed of measures, and what they cost; rough estimates unless a utility puts its own prices here. */
      measures: z
        .strictObject({
          /** A measure suffices when the probability of a low hour after it is at most this. */
          sufficientP: z.number().min(0).max(1).default(MEASURE_SETTINGS.sufficientP),
          targetLoadShare: z.number().min(0.1).max(1).default(MEASURE_SETTINGS.targetLoadShare),
          balanceShare: z.number().min(0).max(1).default(MEASURE_SETTINGS.balanceShare),
          targetPowerFactor: z.number().min(0.5).max(1).default(MEASURE_SETTINGS.targetPowerFactor),
          lineScale: z.number().min(0.05).max(1).default(MEASURE_SETTINGS.lineScale),
          newPointLoadScale: z.number().min(0.05).max(1).default(MEASURE_SETTINGS.newPointLoadScale),
          newPointLineScale: z.number().min(0.05).max(1).default(MEASURE_SETTINGS.newPointLineScale),
          feederScale: z.number().min(0.05).max(1).default(MEASURE_SETTINGS.feederScale),
          costs: z
            .strictObject({
              currency: z.string().min(1).max(12).default(MEASURE_COSTS.currency),
              tap: cost(MEASURE_COSTS.tap),
              rebalance: cost(MEASURE_COSTS.rebalance),
              capacitorsFixed: cost(MEASURE_COSTS.capacitorsFixed),
              capacitorsPerKvar: cost(MEASURE_COSTS.capacitorsPerKvar),
              reconductorPerM: cost(MEASURE_COSTS.reconductorPerM),
              capacityByKva: z
                .record(z.coerce.number().positive(), z.number().min(0))
                .default({ ...MEASURE_COSTS.capacityByKva }),
              newPoint: cost(MEASURE_COSTS.newPoint),
              feeder: cost(MEASURE_COSTS.feeder),
            })
            .prefault({}),
        })
        .prefault({}),
      /** Runs kept of each kind and season. */
      runsKept: z.number().int().min(1).default(30),
      /** Years of daily summaries that a run looks back on. */
      historyYears: z.number().int().min(1).max(30).default(5),
      /** Years of weather that the ensemble is drawn from, at most. */
      weatherYears: z.number().int().min(1).max(60).default(30),
    })
    .prefault({})
    .refine(({ watchP, atRiskP }) => watchP <= atRiskP, 'watchP must not be above atRiskP'),
};
