import type { InferResponseType } from 'hono/client';
import { answerOf } from './api.ts';
import { client } from './client.ts';

const one = client.transformers[':id'];

/** Where every transformer stands, for a layer of the map. */
export type MapForecast = InferResponseType<typeof client.map.readiness.$get, 200>;
export type TransformerForecast = InferResponseType<typeof one.forecast.$get, 200>;

/** Calls about the forecast where it is not the subject. */
export const forecastApi = {
  mapReadiness: () => answerOf(client.map.readiness.$get({ query: {} })),
  mapTonight: () => answerOf(client.map.tonight.$get()),
  ofTransformer: (id: string) => answerOf(one.forecast.$get({ param: { id } })),
};
