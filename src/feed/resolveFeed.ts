import type { FeedPage, FeedProduct } from './feed.js';
import { categoryOf, type FeedPorts } from './feedPorts.js';
import type { FeedRequest } from './feedRequest.js';
import { feedRules, type FeedRule } from './feedRules.js';
import { PageBuilder } from './pageBuilder.js';

/**
 * Runs a feed's rules until the page is full, or until the fallback mode says to stop.
 * @throws UPSTREAM_UNAVAILABLE where nothing that was tried could be read
 */
export async function resolveFeed<P extends FeedProduct>(
  request: FeedRequest,
  ports: FeedPorts<P>,
): Promise<FeedPage<P>> {
  const { after, fallback } = request;
  const rules = feedRules[request.feed][request.audience];
  const page = new PageBuilder(request, ports);
  for (let index = after?.rule ?? 0; index < rules.length; index++) {
    const rule = rules[index]!;
    // A next page stays with its rule, also where the rule would no longer be chosen: who was new has looked around.
    const isResumed = after?.rule === index;
    if (!isResumed && !(await applies(rule, request, ports))) continue;
    const category = isResumed ? after.category : await categoryOf(rule, ports);
    if (rule.category !== undefined && category === null) continue;
    const isDone = await page.runRule(rule, index, category);
    if (isDone || (after !== undefined && fallback !== 'FILL')) break;
    if (fallback === 'WHEN_EMPTY' && page.hasEdges) break;
  }
  return page.finish();
}

async function applies(
  rule: FeedRule,
  { fallback }: FeedRequest,
  ports: Pick<FeedPorts<FeedProduct>, 'isNewUser'>,
): Promise<boolean> {
  if (fallback === 'NONE' && rule.isOwn !== true) return false;
  if (rule.onlyToFill === true && fallback !== 'FILL') return false;
  if (rule.user === undefined) return true;
  return (await ports.isNewUser()) === (rule.user === 'new');
}
