import { readFile } from 'node:fs/promises';
import { defineCommand } from 'citty';
import { parse as parseYaml } from 'yaml';
import { ConfigError, loadConfig, type Config } from '../config.ts';
import { replayThresholds, type ThresholdOutcome } from '../pipeline/thresholdReplay.ts';
import { parseRule, ruleToTry } from '../replayRule.ts';
import { csvLine } from '../pipeline/csvLine.ts';
import { UsageError } from '../usageError.ts';
import { openKeptParts } from './openParts.ts';
import { FOLDER_ARGS, terminal, type Parts, type Terminal } from './parts.ts';
import { progressLine } from './progressLine.ts';
import { runningService } from './service.ts';
import { replayThroughService } from './serviceReplay.ts';

const INCIDENT_COLUMNS = [
  'rule',
  'started',
  'ended',
  'feeder_id',
  'condition',
  'severity',
  'transformers',
  'episodes',
  'worst_v',
  'limit_v',
  'told',
] as const;

/** `peakvolt replay-threshold`. */
export const replayThresholdCommand = defineCommand({
  meta: {
    name: 'replay-threshold',
    description: 'The alerts that a rule would have raised over stored history, beside the rule in force',
  },
  args: {
    rule: {
      type: 'string',
      required: true,
      description: 'YAML or JSON with limits: and detection: as in peakvolt.yaml; the rest is as in force',
    },
    from: { type: 'string', required: true, description: 'First time: a date, or ISO 8601 with offset' },
    to: { type: 'string', required: true, description: 'Time after the last' },
    area: { type: 'string', description: 'Id of one area; default all' },
    format: { type: 'string', default: 'json', description: 'json | csv (one line an incident)' },
    ...FOLDER_ARGS,
  },
  async run({ args }) {
    const { format } = args;
    if (format !== 'json' && format !== 'csv')
      throw new UsageError(`There is no format "${format}": json or csv.`);
    const span = { fromMs: timeOf(args.from), toMs: timeOf(args.to), areaId: args.area ?? null };
    if (span.toMs <= span.fromMs) throw new UsageError('--to must be after --from.');
    const config = loadConfig({
      file: args.config,
      env: process.env,
      overrides: { dataDir: args['data-dir'] },
    });
    const tree = await readRule(args.rule);
    await replayThreshold({ tree, ...span, format }, { config, open: () => openKeptParts(config), terminal });
  },
});

export interface ThresholdRequest {
  tree: unknown;
  fromMs: number;
  toMs: number;
  areaId: string | null;
  format: 'json' | 'csv';
}

/** Replays in the running service when there is one, else over the store itself, and writes what came of it. */
export async function replayThreshold(
  { format, ...request }: ThresholdRequest,
  deps: { config: Config; open: () => Promise<Parts>; terminal: Terminal },
): Promise<void> {
  const progress = progressLine(deps.terminal);
  const onProgress = (share: number): void => progress.show({ stage: 'replay', share });
  const service = await runningService(deps.config.dataDir);
  const outcome =
    service === null
      ? await replayHere(request, deps, onProgress)
      : await replayThroughService(service, request, onProgress);
  progress.clear();
  deps.terminal.out(format === 'json' ? `${JSON.stringify(outcome, null, 2)}\n` : incidentLines(outcome));
  const { draft, inForce } = outcome;
  deps.terminal.err(
    `This rule: ${draft.incidents} incidents, ${draft.pages} told at once. In force: ${inForce.incidents}, ${inForce.pages}.\n`,
  );
}

async function replayHere(
  { tree, fromMs, toMs, areaId }: Omit<ThresholdRequest, 'format'>,
  { config, open }: { config: Config; open: () => Promise<Parts> },
  onProgress: (share: number) => void,
): Promise<ThresholdOutcome> {
  const parsed = parseRule(tree, config);
  if ('faults' in parsed) throw new ConfigError(parsed.faults);
  const parts = await open();
  try {
    const grid = await parts.database.registry.load();
    if (areaId !== null && !grid.areas.some(({ id }) => id === areaId)) {
      throw new UsageError(`There is no area ${areaId}.`);
    }
    const rules = { draft: ruleToTry(parsed.rule, grid), inForce: ruleToTry(config, grid) };
    const span = { fromMs, toMs, areaIds: areaId === null ? null : [areaId] };
    const { timeZone } = config;
    return await replayThresholds(rules, span, { store: parts.store, grid, timeZone }, { onProgress });
  } finally {
    await parts.stop();
  }
}

async function readRule(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}).`);
  }
  try {
    return parseYaml(text);
  } catch (error) {
    throw new ConfigError([`${file}: neither YAML nor JSON (${(error as Error).message.split('\n')[0]})`]);
  }
}

function incidentLines({ draft, inForce }: ThresholdOutcome): string {
  const lines = [csvLine([...INCIDENT_COLUMNS])];
  for (const [rule, { list }] of [['draft', draft] as const, ['in-force', inForce] as const]) {
    for (const incident of list) {
      lines.push(
        csvLine([
          rule,
          new Date(incident.startedMs).toISOString(),
          incident.endedMs === null ? '' : new Date(incident.endedMs).toISOString(),
          incident.feederId ?? '',
          incident.condition,
          incident.severity,
          incident.transformerIds.join(' '),
          String(incident.episodes),
          incident.worstV?.toFixed(1) ?? '',
          String(incident.limitV ?? ''),
          incident.pages ? 'at-once' : 'digest',
        ]),
      );
    }
  }
  return lines.join('');
}

function timeOf(text: string): number {
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs)) throw new UsageError(`"${text}" is not a time: write 2026-07-01 or ISO 8601.`);
  return timeMs;
}
