/**
 * Makes sure that a `redis-server` of version 7.0 or newer is on PATH; the demo and the tests start their own from it.
 *
 * Where it is missing it is installed with the system's package manager, if that needs no question answered
 * (root or passwordless sudo with apt-get, or brew). Otherwise the one line to type is printed and the exit code is 1.
 *
 * `--unless-redis-url`: do nothing where REDIS_URL names a Redis that is there already (the demo then uses that one).
 */
import { spawnSync } from 'node:child_process';

const MINIMUM_MAJOR = 7;
const APT_LINE = 'sudo apt-get update && sudo apt-get install -y redis-server';
const BREW_LINE = 'brew install redis';
// For distributions that still ship Redis 6: the package source that redis.io documents.
const REDIS_APT_LINE =
  'curl -fsSL https://packages.redis.io/gpg | sudo gpg --dearmor -o /usr/share/keyrings/redis-archive-keyring.gpg' +
  ' && echo "deb [signed-by=/usr/share/keyrings/redis-archive-keyring.gpg] https://packages.redis.io/deb' +
  ' $(. /etc/os-release && echo $VERSION_CODENAME) main" | sudo tee /etc/apt/sources.list.d/redis.list' +
  ` && ${APT_LINE}`;

if (!(process.argv.includes('--unless-redis-url') && process.env.REDIS_URL)) ensureRedisServer();

function ensureRedisServer() {
  if (hasRedisServer()) return;
  const found = installedVersion();
  say(found ? `redis-server ${found} is too old: 7.0 or newer is needed.` : 'redis-server is not on PATH.');

  if (has('apt-get')) installWithApt();
  else if (has('brew')) installWithBrew();
  else giveUp('Install Redis 7.0 or newer with your package manager, for example: sudo dnf install -y redis');

  if (!hasRedisServer()) giveUp(has('apt-get') ? REDIS_APT_LINE : BREW_LINE);
  say(`redis-server ${installedVersion()} is ready.`);
}

function installWithApt() {
  const prefix = privilegePrefix();
  if (!prefix) giveUp(APT_LINE);
  const aptGet = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
  say('Installing redis-server with apt-get ...');
  // A stale or half-broken list of packages may still do, so a failed update alone is no reason to stop.
  if (!run([...aptGet, 'update', '-qq'])) say('apt-get update failed; trying with the package lists at hand.');
  const candidate = aptCandidateMajor();
  if (candidate !== null && candidate < MINIMUM_MAJOR) {
    say(`apt-get offers only Redis ${candidate} here.`);
    giveUp(REDIS_APT_LINE);
  }
  if (!run([...aptGet, 'install', '-y', '-qq', '--no-install-recommends', 'redis-server'])) giveUp(APT_LINE);
}

function installWithBrew() {
  say('Installing redis with brew ...');
  if (!run(['brew', installedVersion() ? 'upgrade' : 'install', 'redis'])) giveUp(BREW_LINE);
}

/** What to write before a command so that it runs as root without a question, or null where that cannot be. */
function privilegePrefix() {
  if (process.getuid?.() === 0) return [];
  return read(['sudo', '-n', 'true']) === null ? null : ['sudo', '-n'];
}

function aptCandidateMajor() {
  const major = /Candidate:\s*(?:\d+:)?(\d+)\./.exec(read(['apt-cache', 'policy', 'redis-server']) ?? '')?.[1];
  return major === undefined ? null : Number(major);
}

function hasRedisServer() {
  return Number(installedVersion()?.split('.')[0] ?? 0) >= MINIMUM_MAJOR;
}

/** The version of the redis-server on PATH, such as `7.0.15`, or null. */
function installedVersion() {
  return /v=(\d+\.\d+\.\d+)/.exec(read(['redis-server', '--version']) ?? '')?.[1] ?? null;
}

function has(command) {
  return read([command, '--version']) !== null;
}

/** The standard output of a command, or null where it is missing or failed. */
function read([command, ...args]) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  return status === 0 ? stdout : null;
}

/** Runs a command with its output shown; whether it succeeded. */
function run([command, ...args]) {
  return spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

function say(message) {
  console.error(message);
}

function giveUp(line) {
  say(`It could not be installed from here. Please type this line, then try again:\n\n  ${line}\n`);
  process.exit(1);
}
