namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>Controls the plans of the statements that run for every message.</summary>
internal static class QueryPlans
{
    /// <summary>
    /// Makes PostgreSQL find rows by index for the rest of the transaction. A prepared statement keeps its plan until the next ANALYZE:
    /// a plan that was made while the table was small scans the whole table each time, which is slowest for a growing backlog. The
    /// statements are therefore written so that only one plan is possible (see the remarks). The generic plan is forced, because a
    /// small group would otherwise be planned each time, and JIT compilation is off.
    /// </summary>
    /// <remarks>
    /// Even with sequential scans, hash joins and merge joins disabled, the planner may read a whole index on an equality key if that
    /// seems cheap. To prevent that, a key is compared by BETWEEN, a subquery has OFFSET 0, which stops the planner from merging it, and its
    /// result is an array.
    /// </remarks>
    public const string FindByKeys =
        """
        SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
            set_config('plan_cache_mode', 'force_generic_plan', true), set_config('jit', 'off', true)
        """;
}
