namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>Controls the plans of the statements that run for every message.</summary>
internal static class QueryPlans
{
    /// <summary>
    /// Rows are found by their keys for the rest of the transaction. A prepared statement keeps its plan until the next ANALYZE;
    /// a plan from when the table was small reads the whole table each time, and a growing backlog suffers most from that. So the
    /// statements are written so that only one plan is possible (see the remarks). That plan is made once, where a small group
    /// would otherwise get a new plan each time, and it is not compiled, whatever its estimated cost.
    /// </summary>
    /// <remarks>
    /// If table scans are disabled, the planner may still read an index on an equality key from end to end when that seems cheap,
    /// for a merge join that is disabled as well. So a key is compared by BETWEEN, a subquery is kept separate by OFFSET 0, and
    /// its result is an array.
    /// </remarks>
    public const string FindByKeys =
        """
        SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
            set_config('plan_cache_mode', 'force_generic_plan', true), set_config('jit', 'off', true)
        """;
}
