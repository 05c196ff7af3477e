import { hc } from 'hono/client';
import type { AppType } from '../../server/http/api.ts';

export const BASE = '/api/v1';

/** The server's routes with their types. Browsers that tell neither origin nor site are known by the header: no foreign form can send it. */
export const client = hc<AppType>(BASE, { headers: { 'x-peakvolt-request': '1' } });
