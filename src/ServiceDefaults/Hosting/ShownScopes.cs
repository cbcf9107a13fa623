using System.Collections;
using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Messaging.ServiceDefaults.Hosting;

/// <summary>
/// The scopes that the console and exporters get: members of known names only. ASP.NET Core's scope of a request has its path, in which
/// callers send tokens and addresses, and an application's scope may have anything.
/// </summary>
internal sealed class ShownScopes : IExternalScopeProvider
{
    private static readonly HashSet<string> Shown = new(["TraceId", "SpanId", "Queue", "MessageId", "TaskId", "RequestId"], StringComparer.Ordinal);

    private readonly LoggerExternalScopeProvider _all = new();

    public IDisposable Push(object? state) => _all.Push(state);

    public void ForEachScope<TState>(Action<object?, TState> callback, TState state)
    {
        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C } span) // in place of LoggerFactory, whose own provider is not used
        {
            callback(new Members([new("SpanId", span.SpanId.ToHexString()), new("TraceId", span.TraceId.ToHexString())]), state);
        }

        _all.ForEachScope(
            static (scope, to) =>
            {
                if (scope is IEnumerable<KeyValuePair<string, object?>> members && members.Where(m => Shown.Contains(m.Key)).ToList() is { Count: > 0 } shown)
                {
                    to.callback(new Members(shown), to.state);
                }
            },
            (callback, state));
    }

    private sealed class Members(IReadOnlyList<KeyValuePair<string, object?>> members) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => members.Count;

        public KeyValuePair<string, object?> this[int index] => members[index];

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => members.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => string.Join(", ", members.Select(m => $"{m.Key}: {m.Value}"));
    }
}
