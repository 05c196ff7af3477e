import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startService } from '../fixtures/service.ts';
import type { RunningService } from '../fixtures/service.ts';

/** The demo, with a broker on a free port beside whatever runs on this machine. */
export async function startDemo(dataDir: string): Promise<RunningService> {
  return startService({ args: ['serve', '--demo', '--config', freePorts(dataDir)], dataDir });
}

/** A service of one's own with nothing in it; `port` brings it back where it was. */
export async function startEmpty(
  dataDir: string,
  port = 0,
  env: Record<string, string> = {},
): Promise<RunningService> {
  const args = ['serve', '--config', freePorts(dataDir)];
  return startService({ args, dataDir, env: { PORT: String(port), ...env } });
}

/** … whose messages may go to receivers on this machine, and which waits long before it says that a device is silent. */
export async function startAlerting(dataDir: string): Promise<RunningService> {
  const more = 'notify: { allow: [127.0.0.1] }\ndetection: { graceMinS: 3600 }\n';
  return startService({ args: ['serve', '--config', freePorts(dataDir, more)], dataDir });
}

function freePorts(dataDir: string, more = ''): string {
  const file = join(dataDir, 'e2e.yaml');
  writeFileSync(file, `embeddedBroker:\n  port: 0\n${more}`);
  return file;
}

/** Registers transformers through the API, as `peakvolt import registry` does; by default the three of a village. */
export async function importVillage(service: RunningService, registry = VILLAGE): Promise<void> {
  const answer = await fetch(new URL('/api/v1/imports/registry', service.url), {
    method: 'POST',
    headers: { ...service.headers, 'content-type': 'text/csv', origin: service.url },
    body: registry,
  });
  const report = await answer.text();
  if (!answer.ok || !report.includes('"refused":0')) throw new Error(`the registry was refused: ${report}`);
}

const VILLAGE = `transformer_id,name,org,area_id,area_name,feeder_id,feeder_name,lon,lat,capacity_kva,nominal_v,customers
TQ9001,Mill Lane 1,village,A1,Mill,F1,North line,110.10,30.10,200,220,40
TQ9002,Mill Lane 2,village,A1,Mill,F1,North line,110.12,30.11,200,220,60
TQ9003,Quarry 1,village,A1,Mill,F1,North line,110.14,30.13,100,220,25
`;
