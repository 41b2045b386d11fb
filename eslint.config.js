import graphql from '@graphql-eslint/eslint-plugin';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'bench/results/', 'src/graphql/generated/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // A method that an interface wants to be asynchronous may have nothing to wait for.
      '@typescript-eslint/require-await': 'off',
      // `== null` asks for null and undefined at once, which GraphQL's optional arguments are.
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // jest's matchers, `expect.any(String)` for one, are of type any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      // What the set-ups answer are plain objects of closures, taken apart as a rule.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['schema/*.graphql'],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: 'schema/*.graphql' } } },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      '@graphql-eslint/require-description': [
        'error',
        {
          types: true,
          FieldDefinition: true,
          InputValueDefinition: true,
          EnumValueDefinition: true,
          DirectiveDefinition: true,
        },
      ],
      '@graphql-eslint/description-style': ['error', { style: 'inline' }],
      // Payloads and Relay's types have no id: they are parts of an answer, not things of the shop.
      '@graphql-eslint/strict-id-in-types': 'off',
      // `cartLinesAdd`, not `addCartLines`: what belongs together stands together.
      '@graphql-eslint/naming-convention': 'off',
    },
  },
);
