/** The house's rule "imports go down only", layer by layer. */
const features = '^src/(product|session|cart|feed)/';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'features-do-not-import-one-another',
      comment: 'Cart and feed hand on product ids; resolvers join through the context.',
      severity: 'error',
      from: { path: '^src/(product|session|cart|feed)/' },
      to: { path: features, pathNot: '^src/$1/' },
    },
    {
      name: 'redis-knows-no-feature',
      severity: 'error',
      from: { path: '^src/redis/' },
      to: { path: '^src/(?!redis/|config\\.ts|errors\\.ts|observability/)' },
    },
    {
      name: 'rate-limits-know-redis-alone',
      severity: 'error',
      from: { path: '^src/limits/' },
      to: { path: '^src/(?!limits/|redis/|config\\.ts|errors\\.ts|observability/)' },
    },
    {
      name: 'observability-knows-nothing-above-it',
      severity: 'error',
      from: { path: '^src/observability/' },
      to: { path: '^src/(?!observability/|config\\.ts|errors\\.ts)' },
    },
    {
      name: 'settings-and-errors-stand-at-the-bottom',
      severity: 'error',
      from: { path: '^src/(config|errors)\\.ts' },
      to: { path: '^src/' },
    },
    {
      name: 'only-resolvers-know-graphql',
      comment: 'Stores, loaders and rules are usable without it.',
      severity: 'error',
      from: { path: features, pathNot: 'Resolvers\\.ts$' },
      to: { path: ['^src/graphql/', '^node_modules/graphql/'] },
    },
    {
      name: 'resolvers-reach-redis-through-loaders',
      severity: 'error',
      from: { path: 'Resolvers\\.ts$' },
      to: { path: '^src/redis/(client|commandRunner|scriptRunner|keyspace)\\.ts' },
    },
    {
      name: 'server-is-above-graphql-and-features',
      severity: 'error',
      from: { path: '^src/(graphql|gateway|product|session|cart|feed)/' },
      to: { path: '^src/(server|demo)/' },
    },
    {
      name: 'only-the-server-knows-how-all-is-wired',
      severity: 'error',
      from: { path: '^src/(graphql|product|session|cart|feed|redis|limits|observability)/' },
      to: { path: '^src/gateway/' },
    },
    { name: 'nothing-imports-main', severity: 'error', from: {}, to: { path: '^src/(demo/)?main\\.ts' } },
    {
      name: 'only-the-demo-imports-the-demo',
      severity: 'error',
      from: { path: '^src/(?!demo/)' },
      to: { path: '^src/demo/' },
    },
    {
      name: 'no-dev-dependencies',
      severity: 'error',
      from: { path: '^src/(?!demo/)' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    { name: 'nothing-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
