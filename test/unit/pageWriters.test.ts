import { parse, type OperationDefinitionNode } from 'graphql';
import { PageWriters } from '../../src/graphql/pageWriters.js';
import { buildSchema } from '../../src/graphql/schema.js';

const SELECTION = (parse('{ source isFallback }').definitions[0] as OperationDefinitionNode).selectionSet;
const aPage = () => ({ source: 'TRENDING', isFallback: false });

describe('texts of pages', () => {
  const writerOf = (maxBytes: number) => {
    const writers = new PageWriters(buildSchema().getType('RecommendationConnection'), maxBytes);
    return writers.writerFor(SELECTION, [])!;
  };

  it('are written once a page', () => {
    const write = writerOf(100_000);
    const page = aPage();
    expect(write(page).text).toBe('{"source":"TRENDING","isFallback":false}');
    expect(write(page)).toBe(write(page));
    expect(write(aPage())).not.toBe(write(page));
  });

  it('are forgotten beyond the byte limit, the oldest first, and written again', () => {
    const write = writerOf(4_000);
    const [first, ...others] = Array.from({ length: 20 }, aPage);
    const text = write(first!);
    for (const page of others) write(page);
    const last = others.at(-1)!;
    expect(write(last)).toBe(write(last));
    expect(write(first!)).not.toBe(text);
    expect(write(first!)).toEqual(text);
  });

  it('are not kept at all where they do not fit', () => {
    const write = writerOf(10);
    const page = aPage();
    expect(write(page)).not.toBe(write(page));
  });
});
