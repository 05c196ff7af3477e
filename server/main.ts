// The guard comes first, and everything else is loaded after it has passed.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(`Peakvolt needs Node 24 or newer; this is ${process.versions.node}.\n`);
  process.exit(2);
}
const { runCommandLine } = await import('./commandLine.ts');
await runCommandLine(process.argv.slice(2));
