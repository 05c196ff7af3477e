// Plain JavaScript on purpose: an old Node must be able to read it. Loaded by `--import` before every entry point.
const [major] = process.versions.node.split('.');
if (Number(major) < 24) {
  process.stderr.write(
    `Peakvolt needs Node 24 or newer; this is ${process.versions.node} (${process.execPath}).\n` +
      'Run it through npm (npm start, npm test, npm run peakvolt): npm ci installs Node 24 beside the project on Linux and macOS.\n' +
      'Elsewhere, install Node 24 and run the same command.\n',
  );
  process.exit(2);
}
