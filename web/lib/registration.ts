import type { Registration, UnknownTransformer } from './api.ts';

/** What the form holds: text as typed, until it is sent. */
export interface RegistrationDraft {
  name: string;
  org: string;
  areaId: string;
  feederId: string;
  lon: string;
  lat: string;
  capacityKva: string;
  nominalV: string;
  customers: string;
}

/** A draft from what the transformer said of itself (its retained `meta`), so that little is left to type. */
export function draftFrom(unknown: UnknownTransformer): RegistrationDraft {
  const meta = unknown.meta ?? {};
  const text = (...keys: string[]): string => {
    for (const key of keys) {
      const value = meta[key];
      if (typeof value === 'string' || typeof value === 'number') return String(value);
    }
    return '';
  };
  return {
    name: text('name') || unknown.transformerId,
    org: unknown.org ?? text('org'),
    areaId: text('areaId', 'area_id'),
    feederId: text('feederId', 'feeder_id', 'feeder'),
    lon: text('lon'),
    lat: text('lat'),
    capacityKva: text('capacityKva', 'capacity_kva', 'kva'),
    nominalV: text('nominalV', 'nominal_v') || '220',
    customers: text('customers') || '0',
  };
}

/** What is sent. Empty numbers are unknown, not zero; the server judges the rest and says so. */
export function registrationOf(id: string, draft: RegistrationDraft): Registration {
  const optional = (text: string): number | null => (text.trim() === '' ? null : Number(text));
  return {
    id,
    name: draft.name.trim(),
    org: draft.org.trim(),
    areaId: draft.areaId.trim(),
    feederId: draft.feederId.trim(),
    lon: optional(draft.lon),
    lat: optional(draft.lat),
    capacityKva: optional(draft.capacityKva),
    nominalV: optional(draft.nominalV) ?? 220,
    customers: optional(draft.customers) ?? 0,
  };
}
