import { expect, test } from 'vitest';
import { nameplateFacts } from '../../web/lib/nameplate.ts';
import { en } from '../../web/lib/i18n/en.ts';
import { draftFrom, registrationOf } from '../../web/lib/registration.ts';

const UNKNOWN = { transformerId: 'TQ-9001', org: 'hewan', count: 96, lastMs: 0 };

test('the form starts with what the transformer said of itself', () => {
  const draft = draftFrom({ ...UNKNOWN, meta: { name: '石门', capacityKva: 315, feeder: 'F2', lon: {} } });
  expect(draft).toMatchObject({
    name: '石门',
    org: 'hewan',
    capacityKva: '315',
    feederId: 'F2',
    lon: '',
    nominalV: '220',
  });
  expect(draftFrom({ ...UNKNOWN, meta: null }).name).toBe('TQ-9001');
});

test('an empty number is sent as unknown, not as zero', () => {
  const draft = {
    ...draftFrom({ ...UNKNOWN, meta: null }),
    lon: ' ',
    lat: '29.5',
    areaId: ' A1 ',
    feederId: 'F1',
  };
  expect(registrationOf('TQ-9001', draft)).toEqual({
    id: 'TQ-9001',
    name: 'TQ-9001',
    org: 'hewan',
    areaId: 'A1',
    feederId: 'F1',
    lon: null,
    lat: 29.5,
    capacityKva: null,
    nominalV: 220,
    customers: 0,
  });
});

test('the nameplate leaves out what the registry does not know', () => {
  const known = {
    id: 'T',
    name: 'T',
    org: 'o',
    areaId: 'A',
    feederId: 'F',
    lon: null,
    lat: null,
    nominalV: 220,
  };
  const rest = {
    ukPct: null,
    tapPosition: 3,
    tapStepPct: 2.5,
    tapCount: 5,
    lvRadiusM: null,
    weatherStationId: null,
  };
  const transformer = {
    ...known,
    ...rest,
    capacityKva: 315,
    customers: 1,
    importantCustomers: 2,
    kind: 'rural',
    attributes: {},
  };
  const facts = nameplateFacts({ transformer, limits: { lowV: 198, highV: 235.4, nominalV: 220 } }, en, 'en');
  expect(facts.map(({ name, value }) => `${name}: ${value}`)).toEqual([
    'Capacity: 315\u202fkVA',
    'Customers: 1 home · 2 important',
    'Tap: 3 of 5, 2.5\u202f% a step',
    'Kind: rural',
    'Limits: 198.0–235.4\u202fV',
  ]);
});
