import { defineCommand, renderUsage, runCommand } from 'citty';
import type { ArgsDef, CommandDef } from 'citty';
import { ConfigError } from './config.ts';
import { UsageError } from './usageError.ts';
import { VERSION } from './version.ts';

/** Exit codes of contracts.md: 0 done, 1 part refused or a check failed, 2 usage. */
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

type AnyCommand = CommandDef<ArgsDef>;

/** Loaded when asked for: `peakvolt --help` does not start a database driver. */
const COMMANDS: Record<string, () => Promise<AnyCommand>> = {
  start: async () => erased((await import('./commands/start.ts')).startCommand),
  serve: async () => erased((await import('./commands/serve.ts')).serveCommand),
  simulate: async () => erased((await import('./commands/simulate.ts')).simulateCommand),
  import: async () => erased((await import('./commands/import.ts')).importCommand),
  export: async () => erased((await import('./commands/export.ts')).exportCommand),
  forecast: async () => erased((await import('./commands/planning.ts')).forecastCommand),
  backtest: async () => erased((await import('./commands/planning.ts')).backtestCommand),
  'replay-threshold': async () =>
    erased((await import('./commands/replayThreshold.ts')).replayThresholdCommand),
  doctor: async () => erased((await import('./commands/doctor.ts')).doctorCommand),
  user: async () => erased((await import('./commands/user.ts')).userCommand),
  token: async () => erased((await import('./commands/user.ts')).tokenCommand),
  backup: async () => erased((await import('./commands/backup.ts')).backupCommand),
  restore: async () => erased((await import('./commands/restore.ts')).restoreCommand),
};

/** The table holds commands of every argument type; citty gives each its own arguments. */
function erased<T extends ArgsDef>(command: CommandDef<T>): AnyCommand {
  return command as unknown as AnyCommand;
}

const root = defineCommand({
  meta: {
    name: 'peakvolt',
    version: VERSION,
    description: 'Watches the voltage of distribution transformers',
  },
  subCommands: COMMANDS,
});

/** Runs one command and sets the exit code; faults of the caller print the command's usage. */
export async function runCommandLine(rawArgs: readonly string[]): Promise<void> {
  const [name, ...rest] = rawArgs;
  if (name === '--version') {
    process.stdout.write(`${VERSION}\n`);
    return;
  }
  if (name === undefined || name === '--help' || name === '-h') {
    process.stdout.write(`${await renderUsage(root)}\n`);
    if (name === undefined) process.exitCode = EXIT_USAGE;
    return;
  }
  const load = COMMANDS[name];
  if (load === undefined) {
    process.stderr.write(`There is no command "${name}".\n${await renderUsage(root)}\n`);
    process.exitCode = EXIT_USAGE;
    return;
  }
  const command = await load();
  const leaf = await leafOf(command, rest);
  if (rest.includes('--help') || rest.includes('-h')) {
    process.stdout.write(`${await renderUsage(leaf, erased(root))}\n`);
    return;
  }
  try {
    await refuseUnknownFlags(leaf, rest);
    await runCommand(command, { rawArgs: rest });
  } catch (error) {
    await report(error, leaf);
  }
}

async function report(error: unknown, command: AnyCommand): Promise<void> {
  const { message, name } = error as Error;
  if (error instanceof UsageError || name === 'CLIError') {
    process.stderr.write(`${message}\n${await renderUsage(command, erased(root))}\n`);
    process.exitCode = EXIT_USAGE;
  } else if (error instanceof ConfigError) {
    process.stderr.write(`${message}\n`);
    process.exitCode = EXIT_USAGE;
  } else {
    process.stderr.write(
      `${process.env['PEAKVOLT_LOG_LEVEL'] === 'debug' ? ((error as Error).stack ?? message) : message}\n`,
    );
    process.exitCode = EXIT_FAILED;
  }
}

async function leafOf(command: AnyCommand, rest: readonly string[]): Promise<AnyCommand> {
  const inner = await resolved(command.subCommands);
  const next = rest.find((word) => !word.startsWith('-'));
  if (inner === undefined || next === undefined || inner[next] === undefined) return command;
  return (await resolved(inner[next])) as AnyCommand;
}

/** A mistyped flag must not be passed over in silence: `--dryrun` would import. */
async function refuseUnknownFlags(command: AnyCommand, rest: readonly string[]): Promise<void> {
  const args: ArgsDef = (await resolved(command.args)) ?? {};
  const known = new Set(
    Object.entries(args).flatMap(([key, def]) => {
      const alias = 'alias' in def ? def.alias : undefined;
      return [key, kebab(key), `no-${kebab(key)}`, ...(alias === undefined ? [] : [alias].flat())];
    }),
  );
  for (const word of rest) {
    if (word === '--') return;
    const match = /^--?([a-z][\w-]*)/i.exec(word);
    if (match !== null && !known.has(match[1]!)) throw new UsageError(`There is no option ${match[0]}.`);
  }
}

async function resolved<T>(value: T | Promise<T> | (() => T) | (() => Promise<T>)): Promise<T> {
  return typeof value === 'function' ? await (value as () => T | Promise<T>)() : await value;
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
}
