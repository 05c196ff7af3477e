import { describe, expect, it } from 'vitest';
import { Engine } from '../../server/core/engine.ts';
import { englishNames } from '../../server/core/englishNames.ts';
import { gridOf, START_MS, transformer } from './timeline.ts';

describe('English names', () => {
  it('are those of the registry columns; a group takes the first that one of its transformers gives', () => {
    const grid = gridOf(
      transformer('T1', {
        attributes: { area_name_en: ' ', feeder_name_en: 'Hexi line', substation_name_en: 'East' },
      }),
      transformer('T2', { attributes: { name_en: ' Hewan 2 ', area_name_en: 'Hewan' } }),
      transformer('T3', { areaId: 'A2', attributes: { name_en: '', area_name_en: 'Dongling' } }),
    );
    expect(englishNames(grid)).toEqual({
      transformers: [null, 'Hewan 2', null],
      areas: ['Hewan', 'Dongling'],
      feeders: ['Hexi line'],
      substations: new Map([['S1', 'East']]),
    });
  });

  it('make no column where nobody has one', () => {
    const grid = gridOf(transformer('T1'), transformer('T2', { attributes: { owner: 'x' } }));
    expect(englishNames(grid)).toEqual({
      transformers: null,
      areas: [null],
      feeders: [null],
      substations: new Map(),
    });
  });
});

describe('the snapshot', () => {
  it('carries names and nominal voltages as compactly as they allow', () => {
    const engine = new Engine();
    engine.setGrid(gridOf(transformer('T1'), transformer('T2')), START_MS);
    expect(engine.mapSnapshot(START_MS).transformers).toMatchObject({ nameEn: null, nominalV: 220 });
    const named = transformer('T2', { nominalV: 240, attributes: { name_en: 'Two', area_name_en: 'Area' } });
    engine.setGrid({ ...gridOf(transformer('T1'), named), version: 2 }, START_MS);
    const { transformers, areas, feeders } = engine.mapSnapshot(START_MS);
    expect(transformers).toMatchObject({ nameEn: [null, 'Two'], nominalV: [220, 240] });
    expect([areas[0]?.nameEn, feeders[0]?.nameEn]).toEqual(['Area', null]);
  });

  it('of no transformer at all has an empty column', () => {
    expect(new Engine().mapSnapshot(START_MS).transformers).toMatchObject({ nameEn: null, nominalV: [] });
  });
});
