import { untilKnown } from './caller.js';
import { CartLedger, type CartChange } from './cartLedger.js';
import { SHARED_PRODUCTS, type Home } from './home.js';

/**
 * A visit that begins as a guest's and ends with a login, which merges the guest's cart into the user's (R16) while
 * others of the household change that one, and while a last add with the guest's token is on its way.
 * @returns the user's token.
 */
export async function visitAsGuest(home: Home): Promise<string> {
  const { caller, ledger, guests, sessionIds, userId, journal, random, isVaried } = home;
  const { token: guestToken, session } = await caller.untilAnswered('sessionStart', null, {});
  const guestLedger = new CartLedger();
  if (isVaried) {
    guests.set(session.id, guestLedger);
    for (let i = random.integer(1, 2); i > 0; i--) await addAsGuest(home, guestToken, guestLedger);
    guests.delete(session.id);
  }

  const merged: CartChange = { kind: 'ADD', lines: Object.fromEntries(guestLedger.lines) };
  sessionIds.add(session.id);
  if (isVaried) ledger.sent(merged);
  const login = caller.untilAnswered('sessionIdentify', null, { token: guestToken, userId });
  const racing = isVaried && random.chance(0.5) ? addDuringLogin(home, guestToken, login) : Promise.resolve();
  // Whichever fails first: the other is awaited all the same, as it may still write to the ledger.
  const [loggedIn, raced] = await Promise.allSettled([
    login.then(({ token }) => {
      if (isVaried) ledger.acknowledged(merged);
      if (isVaried) journal.acknowledged++;
      return token;
    }),
    racing,
  ]);
  if (loggedIn.status === 'rejected') throw loggedIn.reason;
  if (raced.status === 'rejected') throw raced.reason;
  return loggedIn.value;
}

async function addAsGuest({ caller, journal, random, newKey }: Home, token: string, ledger: CartLedger): Promise<void> {
  const { change, input } = someAdd(random, newKey());
  ledger.sent(change);
  await caller.untilAnswered('cartLinesAdd', token, input);
  ledger.acknowledged(change);
  journal.acknowledged++;
}

/** Sent with the guest's token, and, once that is told to be over, repeated with the user's: it must be in once. */
async function addDuringLogin(home: Home, guestToken: string, login: Promise<{ token: string }>): Promise<void> {
  const { caller, ledger, journal, random, newKey } = home;
  const { change, input } = someAdd(random, newKey());
  ledger.sent(change);
  let userToken: string | undefined;
  let mayBeDoneAsUser = false;
  const { cart, replayed } = await untilKnown('cartLinesAdd', async () => {
    const answer = await caller.once('cartLinesAdd', userToken ?? guestToken, input);
    if (answer.outcome === 'UNKNOWN' && userToken !== undefined) mayBeDoneAsUser = true;
    const isTold = answer.outcome === 'REFUSED' && answer.code === 'UNAUTHENTICATED' && userToken === undefined;
    if (!isTold) return answer;
    userToken = (await login).token;
    return caller.once('cartLinesAdd', userToken, input);
  });
  await login;
  const wasGuests = cart?.id.startsWith('{cart:guest:') === true || (replayed && !mayBeDoneAsUser);
  // In the guest's cart it came with the merge, which is one change of the user's cart whatever it brings.
  ledger.acknowledged(change, wasGuests ? 0 : replayed ? undefined : 1);
  journal.acknowledged++;
}

function someAdd(random: Home['random'], idempotencyKey: string) {
  const productId = random.pick(SHARED_PRODUCTS);
  const quantity = random.integer(1, 3);
  const change: CartChange = { kind: 'ADD', lines: { [productId]: quantity } };
  return { change, input: { lines: [{ productId, quantity }], idempotencyKey } };
}
