import { faker } from '@faker-js/faker/locale/en';

/** The names a generated shop is made of. */
export interface Words {
  brand(): string;
  colour(): string;
  bookTitle(): string;
  ingredient(): string;
  firstName: () => string;
}

/** Words by faker, repeatable by `seed`. The only file that imports faker: it is an ES module, which the tests cannot load. */
export function fakerWords(seed: number): Words {
  faker.seed(seed);
  return {
    brand: () => faker.person.lastName().replace(/-.*/, ''),
    colour: () => titleCase(faker.color.human()),
    bookTitle: () => faker.book.title(),
    ingredient: () => titleCase(faker.food.ingredient()),
    firstName: () => faker.person.firstName(),
  };
}

function titleCase(text: string): string {
  return text.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
}
