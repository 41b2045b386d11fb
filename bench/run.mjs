/** `npm run bench`: installs the peers where they are missing, builds the gateway and the bench, and runs it. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const bench = import.meta.dirname;
const root = join(bench, '..');
const typescript = dirname(createRequire(join(root, 'package.json')).resolve('@typescript/native/package.json'));

if (!existsSync(join(bench, 'node_modules'))) run('npm', ['ci', '--prefix', bench]);
run(process.execPath, [join(root, 'scripts/ensureRedisServer.mjs')]);
run(process.execPath, [join(root, 'scripts/build.mjs')]);
run(process.execPath, [join(typescript, 'bin/tsc'), '-p', join(bench, 'tsconfig.json')]);
run(process.execPath, [join(bench, 'dist/bench/main.js'), ...process.argv.slice(2)]);

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}
