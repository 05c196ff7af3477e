/** The state that a transformer shows, from calm to urgent; the index is its code in compact payloads and typed arrays. */
export const CONDITIONS = [
  'normal',
  'watch',
  'no-data',
  'mild-low',
  'over-voltage',
  'serious-low',
  'severe-low',
  'outage',
] as const;
export type Condition = (typeof CONDITIONS)[number];

/** Code of a condition; a higher code is more urgent, so the worst of several is their maximum. */
export const CONDITION_CODE = Object.freeze(Object.fromEntries(CONDITIONS.map((c, i) => [c, i]))) as Readonly<
  Record<Condition, number>
>;
