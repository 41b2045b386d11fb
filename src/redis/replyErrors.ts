/** What Redis says where it cannot do a command at all, whatever the key holds. */
const CANNOT_ANSWER =
  /^(LOADING|MASTERDOWN|CLUSTERDOWN|BUSY|NOAUTH|WRONGPASS|NOPERM|MISCONF|TRYAGAIN|MOVED|ASK|READONLY|OOM|UNKILLABLE)/;

/** Whether the command was not answered: no word came from Redis, or one that says nothing of the key. */
export const isFailure = (error: Error): boolean => error.name !== 'ReplyError' || CANNOT_ANSWER.test(error.message);

/** ioredis' words for it, which TimedOut takes over. */
export const isTimeout = (error: Error): boolean => error.message === 'Command timed out';

/** Whether another node of the Cluster has to be asked, or the same one again. */
export const isRedirection = (reply: unknown): boolean =>
  reply instanceof Error &&
  (/^(MOVED|ASK|TRYAGAIN|CLUSTERDOWN)/.test(reply.message) || reply.message.startsWith('All keys in the pipeline'));
