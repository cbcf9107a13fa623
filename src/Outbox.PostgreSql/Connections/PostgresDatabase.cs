using System.Diagnostics;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>
/// Owns the outbox's data source. The data source is not registered as a service, so that the application can register its own.
/// </summary>
internal sealed class PostgresDatabase(NpgsqlConnectionStringBuilder settings, Action<NpgsqlDataSourceBuilder>? configure) : IDisposable, IAsyncDisposable
{
    public NpgsqlDataSource Source { get; } = Create(settings, configure);

    private static bool IsRecorded => Activity.Current is { Recorded: true };

    public void Dispose() => Source.Dispose();

    public ValueTask DisposeAsync() => Source.DisposeAsync();

    /// <summary>
    /// A statement has a span only inside a recorded one: polls, every second and more often, would each be a trace. The name is that of
    /// the pool in Npgsql's metrics, where it would be the connection string otherwise.
    /// </summary>
    private static NpgsqlDataSource Create(NpgsqlConnectionStringBuilder settings, Action<NpgsqlDataSourceBuilder>? configure)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString) { Name = OutboxTelemetry.Name };
        builder.ConfigureTracing(options => options
            .ConfigureCommandFilter(_ => IsRecorded)
            .ConfigureBatchFilter(batch => IsRecorded && batch is not UntracedBatch)
            .ConfigureCopyOperationFilter(_ => IsRecorded)
            .EnableFirstResponseEvent(enable: false)
            .EnablePhysicalOpenTracing(enable: false));
        configure?.Invoke(builder);
        return builder.Build();
    }
}
