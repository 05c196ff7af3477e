import { DAY_MS, HOUR_MS } from './calendar.ts';
import type { SimGrid } from './simGrid.ts';
import { hashUnit } from './random.ts';
import { MINUTE_MS, type GridEvent, type Scenario } from './scenarios/scenario.ts';

/** Chance faults are drawn for each month-like span of time by itself, so any span can be asked for alone. */
const SPAN_MS = 30 * DAY_MS;
/** Per span of 30 days (M): an outage in 20 months for a transformer, in 15 for a feeder; a lost phase in 25 years. */
const TRANSFORMER_OUTAGE = 0.05;
const FEEDER_OUTAGE = 0.065;
const LOST_PHASE = 1 / 300;
/** Lines that end no later than this after they begin, so spans before that need not be asked. */
const DURATION_MS_MAX = 8 * HOUR_MS;

/** Everything that happens to a feeder and its transformers within [fromMs, toMs): the scenario's events and chance faults. */
export function feederEvents(
  grid: SimGrid,
  scenario: Scenario,
  feeder: number,
  fromMs: number,
  toMs: number,
): GridEvent[] {
  const { nodes } = grid.feeders[feeder]!;
  const events = scenario.events.filter(
    (e) =>
      e.feeder === feeder || (e.transformer !== null && grid.transformers[e.transformer]!.feeder === feeder),
  );
  if (!scenario.quiet) {
    const last = Math.floor(toMs / SPAN_MS);
    for (let span = Math.floor((fromMs - DURATION_MS_MAX) / SPAN_MS); span <= last; span++) {
      chanceFault(events, grid.feeders[feeder]!.channel, span, 1, FEEDER_OUTAGE, {
        feeder,
        transformer: null,
      });
      for (const transformer of nodes) {
        const { channel } = grid.transformers[transformer]!;
        chanceFault(events, channel, span, 2, TRANSFORMER_OUTAGE, { feeder: null, transformer });
        chanceFault(events, channel, span, 3, LOST_PHASE, { feeder: null, transformer });
      }
    }
  }
  return events.filter((e) => e.toMs > fromMs && e.fromMs < toMs);
}

const LOST_PHASE_DRAW = 3;

function chanceFault(
  into: GridEvent[],
  channel: number,
  span: number,
  draw: number,
  probability: number,
  where: Pick<GridEvent, 'feeder' | 'transformer'>,
): void {
  if (hashUnit(channel, span, draw * 16) >= probability) return;
  const fromMs = Math.floor(span * SPAN_MS + hashUnit(channel, span, draw * 16 + 1) * SPAN_MS);
  const durationMs = Math.floor(
    20 * MINUTE_MS + hashUnit(channel, span, draw * 16 + 2) ** 2 * (DURATION_MS_MAX - HOUR_MS),
  );
  const lostPhase = draw === LOST_PHASE_DRAW;
  into.push({
    kind: lostPhase ? 'lost-phase' : 'outage',
    ...where,
    fromMs,
    toMs: fromMs + durationMs,
    amount: lostPhase ? Math.floor(hashUnit(channel, span, draw * 16 + 3) * 3) : 0,
  });
}
