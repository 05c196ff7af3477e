import { OUTLET_POINT, READING_FLAG, emptyReading, type Reading } from '../core/reading.ts';
import type { UnitScale } from './options.ts';
import { decimal, quantityOf, unitFactor, type Quantity } from './quantity.ts';
import { quoted, refusal, type Refusal } from './refusal.ts';

const SQRT3 = Math.sqrt(3);
/** Converted values keep this many steps a unit: µV, far below any sensor, and no binary dust behind 2413 × 0.1. */
const STEPS_PER_UNIT = 1e6;

/** A reading that is put together from named values, for every family whose devices choose their own names. */
export class Draft {
  readonly reading: Reading;
  /** Known names seen, whether they held a value or not. */
  named = 0;
  readonly #lineV = [NaN, NaN, NaN];

  constructor(transformerId: string, tsMs: number) {
    this.reading = emptyReading(transformerId, OUTLET_POINT, tsMs);
  }

  /** Puts a value by the name that the device gives it; a name that we do not know is passed over. */
  put(name: string, value: unknown, unit: unknown, scale: UnitScale): Refusal | null {
    const quantity = quantityOf(name);
    return quantity === undefined ? null : this.putQuantity(quantity, name, value, unit, scale);
  }

  putQuantity(
    quantity: Quantity,
    name: string,
    value: unknown,
    unit: unknown,
    scale: UnitScale,
  ): Refusal | null {
    const { reading } = this;
    const number = decimal(value);
    if (number === null) {
      return refusal(
        'unparsable',
        `${quoted(name)} is not a number: ${quoted(value)}`,
        reading.transformerId,
      );
    }
    const written = unitFactor(quantity, unit);
    if (written === null) {
      return refusal('wrong-unit', `${quoted(name)} has the unit ${quoted(unit)}`, reading.transformerId);
    }
    this.named++;
    const factor = written * (scale[quantity.kind] ?? 1);
    if (factor !== 1 && quantity.kind === 'voltage') reading.flags |= READING_FLAG.unitConverted;
    if (quantity.lineToLine) this.#lineV[phaseIndex(quantity)] = scaled(number, factor / SQRT3);
    else reading[quantity.column] = scaled(number, factor);
    return null;
  }

  /** The reading; line-to-line voltages stand in, divided by √3, where no phase voltage was sent at all. */
  finish(): Reading {
    const { reading } = this;
    const [ab, bc, ca] = this.#lineV as [number, number, number];
    const hasPhase = !(Number.isNaN(reading.uaV) && Number.isNaN(reading.ubV) && Number.isNaN(reading.ucV));
    if (!hasPhase && !(Number.isNaN(ab) && Number.isNaN(bc) && Number.isNaN(ca))) {
      reading.uaV = ab;
      reading.ubV = bc;
      reading.ucV = ca;
      reading.flags |= READING_FLAG.fromLineVoltage;
    }
    return reading;
  }
}

function phaseIndex(quantity: Quantity): number {
  return quantity.column === 'uaV' ? 0 : quantity.column === 'ubV' ? 1 : 2;
}

function scaled(value: number, factor: number): number {
  return factor === 1 ? value : Math.round(value * factor * STEPS_PER_UNIT) / STEPS_PER_UNIT;
}
