import { seededRandom } from '../../src/demo/random.js';
import type { Words } from '../../src/demo/words.js';

/** Words without faker, which jest cannot load: plain, but as many. */
export function demoWords(): Words {
  const random = seededRandom(1);
  const word = (prefix: string) => (): string => `${prefix}${random.integer(1, 500)}`;
  return {
    brand: word('Brand'),
    colour: word('Colour'),
    bookTitle: word('Title'),
    ingredient: word('Ingredient'),
    firstName: word('Name'),
  };
}
