import type { MessageWords } from './messageWords.ts';

const CONDITIONS: Readonly<Record<string, string>> = {
  'under-voltage': 'low voltage',
  'over-voltage': 'high voltage',
  'voltage-unbalance': 'voltage unbalance',
  'current-unbalance': 'current unbalance',
  'heavy-load': 'heavy load',
  overload: 'overload',
  'phase-loss': 'phase loss',
  'open-neutral': 'open neutral',
  'unstable-voltage': 'unstable voltage',
  'tail-low': 'low line end',
  outage: 'outage',
  'no-data': 'no data',
  frozen: 'frozen values',
  'frozen-value': 'frozen values',
};

const name = (condition: string): string => CONDITIONS[condition] ?? condition.replaceAll('-', ' ');
/** `12,000` */
export const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');
/** `1 home`, `12,000 homes`. */
export const counted = (n: number, one: string, many: string): string =>
  `${grouped(n)} ${n === 1 ? one : many}`;
const initial = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const MESSAGE_EN: MessageWords = {
  testMark: '[TEST] ',
  simulatedMark: '[SIMULATED] ',
  prefixes: {
    opened: '',
    escalated: 'Unanswered: ',
    worsened: 'Worse: ',
    reopened: 'Again: ',
    resolved: 'Resolved: ',
  },
  severities: { mild: 'mild', serious: 'serious', severe: 'severe' },
  headline: (severity, condition) =>
    condition === 'under-voltage'
      ? `${initial(severity)} ${name(condition)}`
      : `${initial(name(condition))} (${severity})`,
  condition: name,
  at: (headline, place) => `${headline}: ${place}`,
  number: (number) => ` #${number}`,
  outageTitles: {
    'outage-begins': 'Planned outage begins',
    'outage-ended': 'Planned outage ended, all back',
    'outage-left': 'Planned outage ended, not all back',
  },
  outage: 'Planned outage',
  digestTitle: (incidents, outages) =>
    `Digest: ${[
      ...(incidents > 0 || outages === 0 ? [counted(incidents, 'incident', 'incidents')] : []),
      ...(outages > 0 ? [counted(outages, 'planned outage', 'planned outages')] : []),
    ].join(', ')}`,
  testTitle: 'Test message from Peakvolt',
  testText: 'This is a test: nothing happened in the grid. It shows that you can be reached here.',
  causes: {
    upstream: 'medium-voltage side, upstream of the transformers',
    overload: 'overload of the transformer itself',
    tap: 'tap position of the transformer',
    unbalance: 'unbalanced phases',
    neutral: 'broken or loose neutral',
    line: 'low-voltage line',
    'phase-fault': 'blown fuse or open phase',
    communication: 'communication',
    sensor: 'measuring device',
    unknown: 'not known yet',
  },
  labels: {
    where: 'Where',
    voltage: 'Voltage',
    since: 'Since',
    ended: 'Ended',
    affects: 'Affects',
    cause: 'Likely cause',
    number: 'Incident',
    severity: 'Severity',
    link: 'Open',
    planned: 'Planned',
    left: 'Not back',
  },
  voltage: (worstV, limitV) =>
    `${worstV.toFixed(1)} V at worst${limitV === null ? '' : `, limit ${limitV.toFixed(1)} V`}`,
  voltageBrief: (worstV, limitV) =>
    `${worstV.toFixed(1)} V${limitV === null ? '' : ` (limit ${limitV.toFixed(1)})`}`,
  affects: (transformers, customers, important) =>
    [
      counted(transformers, 'transformer', 'transformers'),
      counted(customers, 'home', 'homes'),
      ...(important > 0 ? [counted(important, 'important customer', 'important customers')] : []),
    ].join(', '),
  affectsBrief: (transformers, customers) =>
    `${counted(transformers, 'transformer', 'transformers')}, ${counted(customers, 'home', 'homes')}`,
  sinceBrief: (clock) => `since ${clock}`,
  lastedBrief: (duration) => `lasted ${duration}`,
  ended: (time, duration) => `${time}, after ${duration}`,
  duration: (minutes) =>
    minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`,
  cause: (cause, pct, sentences) => `${cause} (${pct} %)${sentences.map((s) => `; ${s}`).join('')}`,
  more: (count) => `and ${count} more`,
  leftBrief: (count) => `${counted(count, 'transformer', 'transformers')} not back`,
  moreLeft: (count) => `and ${count} more`,
  list: (names) => names.join(', '),
  open: 'Open the incident',
  openDigest: 'Open the incidents',
  openOutages: 'Open the planned outages',
  footer: 'Opening the link acknowledges nothing: answer on the page.',
  labelEnd: ': ',
  separator: '. ',
  ellipsis: '...',
};
