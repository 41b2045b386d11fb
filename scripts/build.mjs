/**
 * Compiles `src/` into a fresh `dist/` and puts the Lua scripts beside the code that reads them.
 * A folder on the command line is filled instead of `dist/`.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const root = join(import.meta.dirname, '..');
const folder = resolve(root, process.argv[2] ?? 'dist');
// TypeScript 7's own folder: `typescript` is version 6, which typescript-eslint needs.
const compiler = join(dirname(createRequire(import.meta.url).resolve('@typescript/native/package.json')), 'bin', 'tsc');

rmSync(folder, { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', folder], {
  cwd: root,
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
cpSync(join(root, 'src/redis/scripts'), join(folder, 'redis/scripts'), { recursive: true });
