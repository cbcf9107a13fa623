namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>How the statements that are written for every message are planned.</summary>
internal static class QueryPlans
{
    /// <summary>
    /// For the rest of the transaction rows are found by their keys. A prepared statement keeps its plan until the next ANALYZE; one that was
    /// made while the table was small reads all of it each time, and the first minute of a backlog is when that hurts. So the statements are
    /// written in a way that leaves one plan only (below), which is made once (a small group would have one made each time) and not compiled,
    /// whatever it is believed to cost.
    /// </summary>
    /// <remarks>
    /// With no scan of a table allowed, an index on the key of an equality is still read from end to end if that seems cheap, for a merge
    /// join that is not allowed either. So a key is compared by BETWEEN, a subquery is kept apart by OFFSET 0, and what it finds is an array.
    /// </remarks>
    public const string FindByKeys =
        """
        SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
            set_config('plan_cache_mode', 'force_generic_plan', true), set_config('jit', 'off', true)
        """;
}
