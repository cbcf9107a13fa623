using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Tests.Telemetry;

/// <summary>Keeps the members of the scopes of each entry, as a structured log has them.</summary>
internal sealed class ScopeCapture : ILoggerProvider, ISupportExternalScope, ILogger
{
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public ConcurrentQueue<(int Id, IReadOnlyDictionary<string, string> Scope)> Entries { get; } = new();

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => _scopes.Push(state);

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var members = new Dictionary<string, string>(StringComparer.Ordinal);
        _scopes.ForEachScope(
            static (scope, to) =>
            {
                foreach (var (name, value) in scope as IEnumerable<KeyValuePair<string, object?>> ?? [])
                {
                    to[name] = $"{value}";
                }
            },
            members);
        Entries.Enqueue((eventId.Id, members));
    }

    public void Dispose()
    {
    }
}
