import type { ReadingColumn } from '../core/reading.ts';

/** The names under which devices send what a {@link ReadingColumn} holds, and the numbers they send. */

type Kind = 'voltage' | 'current' | 'power';

export interface Quantity {
  column: ReadingColumn;
  kind: Kind;
  /** Factor to V, A, kW or kvar that the name itself declares (`ua_kv`). */
  factor: number;
  /** Line-to-line voltage; the column is the phase that it begins with. */
  lineToLine: boolean;
}

/** A name longer than this is none of ours. */
const NAME_LENGTH_MAX = 64;
const TEXT_LENGTH_MAX = 32;
/** How devices write "no value". */
const MISSING: ReadonlySet<string> = new Set(['', '-', '--', '/', 'null', 'nan', 'n/a', 'na', 'none']);
const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i;

/**
 * A number as devices write it: a number, or a string that holds one.
 *
 * @returns NaN when it says that nothing was measured, null when it is neither
 */
export function decimal(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value === null || value === undefined) return NaN;
  if (typeof value !== 'string' || value.length > TEXT_LENGTH_MAX) return null;
  const text = value.trim();
  if (MISSING.has(text.toLowerCase())) return NaN;
  if (!DECIMAL.test(text)) return null;
  const number = Number(text);
  return Number.isFinite(number) ? number : null;
}

/** Factors to V, A, kW, kvar by written unit; a written unit that is not here cannot be used. */
const UNITS: Readonly<Record<Kind, ReadonlyMap<string, number>>> = {
  voltage: new Map([
    ['v', 1],
    ['伏', 1],
    ['kv', 1e3],
    ['mv', 1e-3],
    ['0.1v', 0.1],
    ['0.01v', 0.01],
  ]),
  current: new Map([
    ['a', 1],
    ['安', 1],
    ['ka', 1e3],
    ['ma', 1e-3],
  ]),
  power: new Map([
    ['kw', 1],
    ['kvar', 1],
    ['千瓦', 1],
    ['千乏', 1],
    ['w', 1e-3],
    ['var', 1e-3],
    ['mw', 1e3],
    ['mvar', 1e3],
  ]),
};

/** Factor of a written unit (`V`, `kV`, `kW`); null for one that does not fit the quantity. */
export function unitFactor(quantity: Quantity, unit: unknown): number | null {
  if (unit === undefined || unit === null || unit === '') return quantity.factor;
  if (typeof unit !== 'string') return null;
  return UNITS[quantity.kind].get(unit.trim().toLowerCase()) ?? null;
}

/**
 * Names by column, as {@link plainName} leaves them: without case, spaces, `_`, `-`, `.`, `:` and `/`. Sources: domain.md §2
 * (融合终端 and IEC 61850 points, OBIS, CET, Telegraf), contracts.md.
 */
const PHASE_NAMES: readonly [kind: Kind, columns: readonly ReadingColumn[], names: readonly string[]][] = [
  [
    'voltage',
    ['uaV'],
    ['ua', 'va', 'ul1', 'vl1', 'u1', 'v1', 'u', 'v', 'voltage', 'voltagea', 'voltagel1', 'volta'],
  ],
  ['voltage', ['uaV'], ['avoltage', 'l1voltage', 'phaseavoltage', 'a相电压', '电压a', '电压', 'uan']],
  ['voltage', ['ubV'], ['ub', 'vb', 'ul2', 'vl2', 'u2', 'v2', 'voltageb', 'voltagel2', 'voltb', 'bvoltage']],
  ['voltage', ['ubV'], ['l2voltage', 'phasebvoltage', 'b相电压', '电压b', 'ubn']],
  ['voltage', ['ucV'], ['uc', 'vc', 'ul3', 'vl3', 'u3', 'v3', 'voltagec', 'voltagel3', 'voltc', 'cvoltage']],
  ['voltage', ['ucV'], ['l3voltage', 'phasecvoltage', 'c相电压', '电压c', 'ucn']],
  ['voltage', ['uaV', 'ubV', 'ucV'], ['phvphsa', 'phvphsb', 'phvphsc']],
  ['voltage', ['uaV', 'ubV', 'ucV'], ['3270', '5270', '7270']],
  ['voltage', ['uaMinV', 'ubMinV', 'ucMinV'], ['uamin', 'ubmin', 'ucmin']],
  ['voltage', ['uaMinV', 'ubMinV', 'ucMinV'], ['umina', 'uminb', 'uminc']],
  ['voltage', ['uaMinV', 'ubMinV', 'ucMinV'], ['vl1min', 'vl2min', 'vl3min']],
  ['voltage', ['uaMinV', 'ubMinV', 'ucMinV'], ['a相最低电压', 'b相最低电压', 'c相最低电压']],
  ['current', ['iaA', 'ibA', 'icA', 'inA'], ['ia', 'ib', 'ic', 'in']],
  ['current', ['iaA', 'ibA', 'icA', 'inA'], ['il1', 'il2', 'il3', 'iln']],
  ['current', ['iaA', 'ibA', 'icA'], ['i1', 'i2', 'i3']],
  ['current', ['iaA', 'ibA', 'icA', 'inA'], ['currenta', 'currentb', 'currentc', 'currentn']],
  ['current', ['iaA', 'ibA', 'icA', 'inA'], ['currentl1', 'currentl2', 'currentl3', 'neutralcurrent']],
  ['current', ['iaA', 'ibA', 'icA', 'inA'], ['acurrent', 'bcurrent', 'ccurrent', 'ncurrent']],
  ['current', ['iaA', 'ibA', 'icA', 'inA'], ['a相电流', 'b相电流', 'c相电流', '零线电流']],
  ['current', ['iaA', 'ibA', 'icA', 'inA'], ['电流a', '电流b', '电流c', '中性线电流']],
  ['current', ['iaA', 'ibA', 'icA', 'inA'], ['aphsa', 'aphsb', 'aphsc', 'aneut']],
  ['current', ['iaA', 'ibA', 'icA', 'inA'], ['3170', '5170', '7170', '9170']],
  ['power', ['pKw', 'qKvar'], ['p', 'q']],
  ['power', ['pKw', 'qKvar'], ['ptot', 'qtot']],
  ['power', ['pKw', 'qKvar'], ['ptotal', 'qtotal']],
  ['power', ['pKw', 'qKvar'], ['totw', 'totvar']],
  ['power', ['pKw', 'qKvar'], ['activepower', 'reactivepower']],
  ['power', ['pKw', 'qKvar'], ['总有功功率', '总无功功率']],
  ['power', ['pKw', 'qKvar'], ['有功功率', '无功功率']],
  ['power', ['pKw', 'qKvar'], ['170', '370']],
];
const LINE_NAMES: readonly (readonly string[])[] = [
  ['uab', 'ubc', 'uca'],
  ['vab', 'vbc', 'vca'],
  ['u12', 'u23', 'u31'],
  ['v12', 'v23', 'v31'],
  ['vl1l2', 'vl2l3', 'vl3l1'],
  ['linvphsab', 'linvphsbc', 'linvphsca'],
  ['ppvphsab', 'ppvphsbc', 'ppvphsca'],
  ['ab线电压', 'bc线电压', 'ca线电压'],
];
/** Unit written into the name (`ua_v`, `p_w`). `mw` stays out: it could be milliwatt. */
const NAME_UNITS: Readonly<Record<Kind, readonly string[]>> = {
  voltage: ['', 'v', 'kv'],
  current: ['', 'a', 'ka'],
  power: ['', 'kw', 'kvar', 'w', 'var'],
};

const BY_NAME = new Map<string, Quantity>();
for (const [kind, columns, names] of PHASE_NAMES) {
  for (let i = 0; i < names.length; i++) learn(names[i]!, kind, columns[i] ?? columns[0]!, false);
}
for (const names of LINE_NAMES) {
  names.forEach((name, i) => learn(name, 'voltage', (['uaV', 'ubV', 'ucV'] as const)[i]!, true));
}

/** First come, first kept: `ia` is a current and not the unit A behind `i`. */
function learn(name: string, kind: Kind, column: ReadingColumn, lineToLine: boolean): void {
  for (const unit of NAME_UNITS[kind]) {
    // A lone letter with a unit would be read into many names.
    if (unit !== '' && name.length === 1 && kind !== 'power') continue;
    if (BY_NAME.has(name + unit)) continue;
    const factor = unit === '' ? 1 : UNITS[kind].get(unit)!;
    BY_NAME.set(name + unit, { column, kind, factor, lineToLine });
  }
}

/**
 * What a device's name for a value means: `Ua`, `u_a`, `VL1`, `A相电压`, `PhV_phsA`, `1-0:32.7.0`, `MMXU1.PhV.phsA.cVal.mag.f`,
 * `Voltage/Ua`. Undefined for a name that is not known.
 */
export function quantityOf(name: string): Quantity | undefined {
  if (name.length > NAME_LENGTH_MAX) return undefined;
  const direct = BY_NAME.get(plainName(name));
  if (direct !== undefined) return direct;
  const last = name.lastIndexOf('/');
  return last < 0 ? undefined : BY_NAME.get(plainName(name.slice(last + 1)));
}

function plainName(name: string): string {
  return name
    .toLowerCase()
    .replace(/^\d-\d:/, '') // OBIS medium and channel
    .replace(/^1\.0\.(?=\d+\.\d\.0)/, '')
    .replace(/(?<=^\d+\.\d\.0)[.*]255$/, '')
    .replace(/^.*mmxu\d*[.$](?:mx[.$])?/, '') // IEC 61850 path
    .replace(/[.$]cval[.$]mag(?:[.$]f)?$/, '')
    .replace(/[.$]mag[.$]f$/, '')
    .replaceAll(/[\s_\-.:/$]/g, '');
}
