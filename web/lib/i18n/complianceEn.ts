/** English words of the voltage qualification rate. */
export const complianceEn = {
  layerRate: 'Rate',
  rateLegend: (days: string) => `Qualification rate, ${days}\u202fd, %`,
  rateUnknown: 'unknown',
  rateLoading: 'Loading the rates',
  rateFailed: 'The rates cannot be loaded; they are asked for again.',
  qualificationOver: (days: string) => `Qualification rate, ${days}\u202fd`,
  qualificationHint: 'Outlet: time within the limits ÷ monitored time. An outage is not monitored time.',
  completenessOf: (pct: string) => `data ${pct}`,
  compliance: 'Voltage qualification rate',
  complianceHint: (from: string, min: string) =>
    `Time within the limits ÷ monitored time, by month. Bars begin at ${from}\u202f%. With less than ${min}\u202f% of the time monitored the rate is unknown.`,
  complianceNone: 'No day of readings is complete yet.',
  month: 'Month',
  rate: 'Rate',
  completeness: 'Data',
  lowHours: 'Low hours',
  outageShare: 'Outage',
  complianceTotal: 'All months',
  monthSoFar: 'so far',
};
