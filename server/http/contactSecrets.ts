import type { ContactPoint } from '../core/incident/delivery.ts';

/** Secrets of contact points: shown to nobody, kept when they come back as they were shown. */

const HIDDEN = '***';
const SECRET_NAME = /secret|token|password|auth|key|header/i;
/** A robot's address is its key: whoever has it can write to the group. */
const ADDRESS_NAME = /url|endpoint/i;
const ORIGIN = /^(https?:\/\/[^/?#]+).+$/i;

type Settings = ContactPoint['settings'];

export function shownSettings(settings: Settings): Record<string, string> {
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, shown(name, value)]));
}

/**
 * What was sent, with the secrets of before wherever they came back hidden. Null when a hidden one would go to another
 * address than before, or was never there.
 */
export function keptSettings(sent: Settings, before: Settings | undefined): Record<string, string> | null {
  const kept: Record<string, string> = {};
  let isMoved = false;
  let isHidden = false;
  for (const [name, value] of Object.entries(sent)) {
    const known = before?.[name];
    const isSame = known !== undefined && value === shown(name, known);
    kept[name] = isSame ? known : value;
    if (ADDRESS_NAME.test(name) && kept[name] !== known) isMoved = true;
    if (SECRET_NAME.test(name) && value === HIDDEN) isHidden = true;
  }
  return isHidden && isMoved ? null : kept;
}

function shown(name: string, value: string): string {
  if (value === '') return value;
  if (SECRET_NAME.test(name)) return HIDDEN;
  return ADDRESS_NAME.test(name) ? value.replace(ORIGIN, `$1/${HIDDEN}`) : value;
}
