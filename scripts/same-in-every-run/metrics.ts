/** The metrics of a snapshot, by the names of its columns. */
export const metrics = ['live', 'peak', 'total', 'temporary'] as const;
