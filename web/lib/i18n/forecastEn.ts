/** English words of the forecast on the map and on the page of a transformer. */
export const forecastEn = {
  layerReadiness: 'Readiness',
  layerTonight: 'Tonight',
  mapSeasonSays: (season: string, day: string) =>
    `Probability of a low hour in ${season}, from data to ${day}`,
  mapTonightSays: (days: string, day: string) =>
    `Probability of a low hour on the likeliest day of ${days}, from data to ${day}`,
  forecastBounds: (high: string, highFrom: string, low: string, lowFrom: string) =>
    `${high} from ${highFrom}, ${low} from ${lowFrom}`,
  mapForecastLoading: 'Loading the forecast',
  mapForecastFailed: 'The forecast cannot be loaded; it is asked for again.',
  forecastSimulated: 'simulated',
  forecastFromData: (day: string) => `from data to ${day}`,
  seasonMissing: (season: string) => `No forecast of ${season} yet.`,
  computeInReadiness: 'Compute it in Readiness',
  seeReadiness: 'See Readiness',
  tonightMissing: {
    'no-run': 'No forecast of the next days yet: it is made each morning of a season.',
    'no-weather':
      'No weather forecast of the next days is stored. Without one nothing is known of tonight: feed one over MQTT.',
    over: 'All days of the last forecast are over; the next is made in the morning.',
  },
  tonightMissingShort: {
    'no-run': 'no forecast yet',
    'no-weather': 'no weather forecast',
    over: 'no forecast of today',
  },
  tonightStatuses: { at_risk: 'likely', watch: 'possible', ready: 'unlikely', unknown: 'unknown' },
  areaAtRisk: (count: string, total: string) => `${count} at risk / ${total}`,
  areaLikely: (count: string, total: string) => `${count} likely / ${total}`,
  areaUnknown: (count: string) => `${count} unknown`,
  forecastNone: 'no forecast yet',
  nextDays: 'Next 3 days',
  tonightLikeliest: (pct: string, day: string) => `${pct} on ${day}`,
  tonightCalm: 'A low hour is unlikely on each of these days.',
  notInRun: 'not in this run; unknown, not “ready”',
  unknownBecause: (reason: string) => `unknown, not “ready”: ${reason}`,
  lowestBetween: (low: string, high: string) => `lowest hour ${low} to ${high}`,
  forecastCard: 'Forecast',
  forecastDetails: 'Details and measures in Readiness',
  forecastStatus: 'Status',
  chanceOfLow: 'Probability of a low hour',
  lowHoursExpected: 'Expected low hours',
  recommendedMeasure: 'Cheapest measure that suffices',
  measureAfterChance: (volts: string, pct: string) => `lowest hour ${volts}, p(low) ${pct}`,
};
