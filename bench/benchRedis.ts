import { Redis } from 'ioredis';
import { startPrivateRedis, type PrivateRedis } from '../src/demo/privateRedis.js';
import { cores, pin } from './cores.js';
import { writeShop, type ShopSize } from './shopData.js';

/** A Redis of the bench's own with a shop in it, on the core that is Redis'. */
export async function startBenchRedis(size: ShopSize): Promise<PrivateRedis> {
  const server = await startPrivateRedis();
  try {
    const redis = new Redis(server.url);
    await writeShop(redis, size);
    await redis.quit();
    if (server.pid !== null) pin(server.pid, cores?.redis);
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}
