import { Cluster } from 'ioredis';
import type { Redis } from 'ioredis';
import { TRACKING_OPTIONS } from './trackingConnection.js';

/** Where the masters are whose keys are cached: the same ones that the reads go to. */
export interface TrackingSource {
  /** Rejects when it cannot be told. */
  topology(): Promise<Topology>;
}

/** The masters at one moment. */
export interface Topology {
  /** A connection for each, made with TRACKING_OPTIONS and not yet connected. */
  connections(): Redis[];
  /** Calls once when a key may have moved to, or be read from, another server since that moment. Returns how to stop. */
  watch(changed: (why: Error) => void): () => void;
}

/** Follows the connection that the cached reads go through, in each of its modes. */
export function trackingSourceOf(reader: Redis | Cluster): TrackingSource {
  return reader instanceof Cluster ? clusterMasters(reader) : singleMaster(reader);
}

/**
 * One node, or a master behind Sentinel.
 *
 * Behind Sentinel the reads may have gone over to the new master while the old one still answers PING. So tracking is
 * renewed whenever the reader's own connection closes.
 */
function singleMaster(reader: Redis): TrackingSource {
  return {
    topology: () =>
      Promise.resolve({
        connections: () => [reader.duplicate(TRACKING_OPTIONS)],
        watch(changed) {
          const onClose = (): void => changed(new Error("the reads' connection was closed"));
          reader.on('close', onClose);
          return () => reader.off('close', onClose);
        },
      }),
  };
}

/** How often the masters of a Cluster are asked for their slots, since a failover or resharding does not say so. */
const POLL_MS = 1_000;

/** When none of them has answered so many times in a row, the slots last heard are no longer believed. */
const UNANSWERED_POLLS = 3;

/** The masters of a Cluster, as the reader knows them and as they know themselves. */
function clusterMasters(reader: Cluster): TrackingSource {
  return {
    async topology() {
      await refreshed(reader);
      const masters = reader.nodes('master');
      const names = namesOf(masters);
      const maps = await slotMaps(masters);
      if (masters.length === 0 || maps.size < masters.length) throw new Error('not every master tells its slots');
      if (namesOf(reader.nodes('master')) !== names) throw new Error('the masters are changing');
      return {
        connections: () => masters.map((master) => master.duplicate(TRACKING_OPTIONS)),
        watch: (changed) => watchCluster(reader, names, maps, changed),
      };
    },
  };
}

/** By itself the reader learns of a failover only from the next command that is turned away, or some seconds later. */
function refreshed(reader: Cluster): Promise<void> {
  return new Promise((resolve, reject) => {
    reader.refreshSlotsCache((error) => (error ? reject(error) : resolve()));
  });
}

function watchCluster(
  reader: Cluster,
  names: string,
  maps: ReadonlyMap<string, string>,
  changed: (why: Error) => void,
): () => void {
  let unanswered = 0;

  // However the reader learns of another master (MOVED, ASK, a refresh), it says so by one of these events.
  const compareNames = (): void => {
    if (namesOf(reader.nodes('master')) !== names) changed(new Error('the reads go to other masters'));
  };

  async function poll(): Promise<void> {
    compareNames();
    const now = await slotMaps(reader.nodes('master'));
    unanswered = now.size === 0 ? unanswered + 1 : 0;
    if (unanswered >= UNANSWERED_POLLS) changed(new Error('no master tells its slots'));
    for (const [name, map] of now) {
      if (map !== maps.get(name)) changed(new Error(`the slots changed, says ${name}`));
    }
  }

  const timer = setInterval(() => void poll(), POLL_MS);
  const events = ['+node', '-node', 'refresh'] as const;
  for (const event of events) reader.on(event, compareNames);
  return () => {
    clearInterval(timer);
    for (const event of events) reader.off(event, compareNames);
  };
}

/** What each master says of who owns which slots; one that does not answer is left out. */
async function slotMaps(masters: readonly Redis[]): Promise<Map<string, string>> {
  const answers = await Promise.allSettled(masters.map((master) => master.cluster('SLOTS')));
  const maps = new Map<string, string>();
  answers.forEach((answer, at) => {
    const master = masters[at];
    if (master && answer.status === 'fulfilled') maps.set(nameOf(master), ownersOf(answer.value));
  });
  return maps;
}

/** First slot, last slot and master of each range; its replicas come and go without moving a key. */
function ownersOf(slots: unknown): string {
  const ranges = (slots as unknown[][]).map(([first, last, master]) => JSON.stringify([first, last, master]));
  return ranges.sort().join();
}

function namesOf(masters: readonly Redis[]): string {
  return masters.map(nameOf).sort().join();
}

function nameOf({ options }: Redis): string {
  return `${options.host}:${options.port}`;
}
