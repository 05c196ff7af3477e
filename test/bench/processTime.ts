import { readFileSync } from 'node:fs';

/** Linux reports in hundredths of a second. */
const CLOCK_TICKS_PER_S = 100;

/** Processor time of a running process and its threads since its start, in seconds. */
export function processCpuS(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_S;
}
