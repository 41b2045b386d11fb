/** What one kind of page asks, of a GraphQL server and of the hand-written floor. */
export interface Workload {
  readonly name: 'H' | 'W' | 'P';
  readonly title: string;
  readonly query: string;
  /** How many different requests there are; they are sent in turn. */
  readonly variety: number;
  /** Request number `n`, 0 to `variety` - 1. */
  request(n: number): WorkloadRequest;
}

export interface WorkloadRequest {
  readonly variables?: Readonly<Record<string, string>>;
  /** The customer's bearer token; nobody is known without it. */
  readonly token?: string;
  /** Where the floor answers the same. */
  readonly floorPath: string;
}
