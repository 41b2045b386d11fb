/** What the recommendation system's monitoring keys say (document B, Monitoring Keys); null where they do not. */
export interface RecommendationHealth {
  readonly usersWithRecommendations: number | null;
  readonly totalUsers: number | null;
  readonly totalProducts: number | null;
  /** Share of the users with recommendations, 0 to 1. */
  readonly coverage: number | null;
  readonly lastUpdate: Date | null;
  readonly lastProcessingTime: number | null;
  readonly isStale: boolean | null;
}

export interface HealthFigures {
  usersWithRecommendations: number | null;
  totalUsers: number | null;
  totalProducts: number | null;
  lastUpdate: Date | null;
  lastProcessingTime: number | null;
}

/** Works out what the figures mean; `staleAfterSeconds` is the shop's limit for the last update's age. */
export function assessHealth(figures: HealthFigures, staleAfterSeconds: number, nowMs: number): RecommendationHealth {
  const { usersWithRecommendations: covered, totalUsers, lastUpdate } = figures;
  const isKnown = covered !== null && totalUsers !== null && totalUsers > 0;
  return {
    ...figures,
    // The two keys are written at different times: a share above one is a writer's lag, not a share.
    coverage: isKnown ? Math.min(1, covered / totalUsers) : null,
    isStale: lastUpdate === null ? null : nowMs - lastUpdate.getTime() > staleAfterSeconds * 1_000,
  };
}
