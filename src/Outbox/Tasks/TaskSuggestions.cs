using Messaging.Outbox.Store;

namespace Messaging.Outbox.Tasks;

/// <summary>
/// Suggests values for the filter of tasks. None of them reads the table of tasks as a whole: kinds are those that are registered and those of
/// the newest tasks.
/// </summary>
internal sealed class TaskSuggestions(OutboxReader store, TaskTypes types, ISearchKeyNames keys)
{
    /// <summary>The maximum number of suggestions.</summary>
    public const int MaxItems = 20;

    /// <summary>How many of the newest tasks are looked at for their kinds.</summary>
    private const int Newest = 2_000;

    /// <summary>The maximum number of names that are read from a table.</summary>
    private const int MaxNames = 1_000;

    private static readonly string RecentKinds =
        $"SELECT DISTINCT kind FROM (SELECT kind FROM messaging.tasks ORDER BY id DESC LIMIT {Newest}) AS newest ORDER BY kind LIMIT {MaxNames}";

    /// <summary>Values of a field that contain a text, ignoring case; those that begin with it come first.</summary>
    /// <param name="field">The field.</param>
    /// <param name="text">The text; null for all values.</param>
    /// <param name="shown">What the caller sees of a value. What they do not see is not searched.</param>
    /// <param name="cancellationToken">Cancels the query.</param>
    /// <exception cref="StoreUnavailableException">The database is unavailable.</exception>
    public async Task<IReadOnlyList<Suggestion>> FindAsync(SuggestedField field, string? text, Func<string, string> shown, CancellationToken cancellationToken) =>
    [
        .. (await AllAsync(field, cancellationToken))
            .Select(item => item with { Value = shown(item.Value) }).DistinctBy(item => item.Value)
            .Where(item => text is null || item.Value.Contains(text, StringComparison.OrdinalIgnoreCase))
            .OrderBy(item => text is not null && !item.Value.StartsWith(text, StringComparison.OrdinalIgnoreCase))
            .ThenBy(item => field == SuggestedField.State ? "" : item.Value, StringComparer.OrdinalIgnoreCase)
            .Take(MaxItems),
    ];

    private async Task<IEnumerable<Suggestion>> AllAsync(SuggestedField field, CancellationToken cancellationToken) => field switch
    {
        SuggestedField.State => Enum.GetNames<TaskState>().Select(name => new Suggestion(name, StateText(name))),
        SuggestedField.Queue => (await NamesAsync($"SELECT name FROM messaging.queues ORDER BY name LIMIT {MaxNames}", cancellationToken))
            .Select(name => new Suggestion(name, "a queue")),
        SuggestedField.Worker => (await NamesAsync($"SELECT process FROM messaging.processes ORDER BY process LIMIT {MaxNames}", cancellationToken))
            .Select(name => new Suggestion(name, "a process that is alive")),
        SuggestedField.Key => keys.SearchKeyNames.Select(name => new Suggestion(name, "a search key, followed by its value")),
        _ => (await NamesAsync(RecentKinds, cancellationToken)).Select(name => new Suggestion(name, "a kind of recent tasks"))
            .Concat(types.Names.Select(name => new Suggestion(name, "a task type"))),
    };

    private Task<IReadOnlyList<string>> NamesAsync(string sql, CancellationToken cancellationToken) =>
        store.QueryAsync(sql, [], row => row.GetString(0), cancellationToken);

    private static string StateText(string name) => Enum.Parse<TaskState>(name) switch
    {
        TaskState.Queued => "due, and waits for a worker",
        TaskState.Running => "a worker runs it",
        TaskState.Retrying => "failed, and has another attempt to come",
        TaskState.Succeeded => "done",
        TaskState.Failed => "its attempts are over",
        TaskState.Scheduled => "due later",
        TaskState.Waiting => "waits for other tasks",
        TaskState.Blocked => "a task before it has failed or was cancelled",
        _ => "cancelled by an operator",
    };
}

/// <summary>A field of the filter of tasks for which there are suggestions.</summary>
internal enum SuggestedField
{
    /// <summary>The kind.</summary>
    Kind,

    /// <summary>The queue.</summary>
    Queue,

    /// <summary>The state.</summary>
    State,

    /// <summary>The process that runs it.</summary>
    Worker,

    /// <summary>The name of a search key.</summary>
    Key,
}

/// <summary>A value for a filter.</summary>
/// <param name="Value">The value.</param>
/// <param name="Text">What it is, in a few words.</param>
internal sealed record Suggestion(string Value, string Text);
