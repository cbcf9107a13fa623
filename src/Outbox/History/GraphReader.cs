using Messaging.Outbox.Store;

namespace Messaging.Outbox.History;

/// <summary>Reads a graph in three statements: the ids, breadth first, the tasks, and the links between them.</summary>
internal sealed class GraphReader(OutboxReader store)
{
    /// <summary>
    /// Both databases put what a step of the recursion finds behind what was found before, and stop at the limit, so the nearest tasks come first.
    /// </summary>
    public static readonly string SelectIds =
        $"""
        WITH RECURSIVE near (id) AS (
            SELECT id FROM messaging.tasks WHERE id = $1
            UNION SELECT CASE WHEN l.predecessor = n.id THEN l.successor ELSE l.predecessor END
            FROM near AS n JOIN messaging.task_links AS l ON l.predecessor = n.id OR l.successor = n.id)
        SELECT id FROM near LIMIT {TaskGraph.MaxNodes + 1}
        """;

    public async Task<TaskGraph?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var ids = await store.QueryAsync(SelectIds, [id], reader => reader.GetGuid(0), cancellationToken);
        if (ids.Count == 0)
        {
            return null;
        }

        var shown = ids.Take(TaskGraph.MaxNodes).ToList();
        object?[] parameters = [.. shown];
        var list = SqlFilter.Numbered(shown.Count);
        var nodes = (await store.QueryAsync(
            $"SELECT id, kind, state, queue, created_at, finished_at, last_error FROM messaging.tasks WHERE id IN ({list})",
            parameters,
            reader => new TaskNode(
                reader.GetGuid(0), reader.GetString(1), (TaskState)reader.GetInt16(2), reader.Text(3), reader.Time(4)!.Value, reader.Time(5), reader.Text(6)),
            cancellationToken)).ToDictionary(node => node.Id);
        var edges = shown.Count == 1 ? [] : await store.QueryAsync(
            $"SELECT predecessor, successor FROM messaging.task_links WHERE predecessor IN ({list}) AND successor IN ({list}) ORDER BY predecessor, successor",
            parameters,
            reader => new TaskEdge(reader.GetGuid(0), reader.GetGuid(1)),
            cancellationToken);

        // A linked task may be past its retention.
        return new TaskGraph(
            [.. shown.Where(nodes.ContainsKey).Select(node => nodes[node])],
            [.. edges.Where(edge => nodes.ContainsKey(edge.From) && nodes.ContainsKey(edge.To))],
            ids.Count > TaskGraph.MaxNodes);
    }
}
