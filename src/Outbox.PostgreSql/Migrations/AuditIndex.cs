using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Migrations;

/// <summary>
/// Builds the indexes that find the entries of the audit by what they are about, by who did it and by what was done. The audit may hold a year of entries, so whoever writes goes on
/// meanwhile.
/// </summary>
internal sealed partial class AuditIndex(NpgsqlConnection connection, TableNames names, ILogger logger)
{
    private static readonly IReadOnlyList<(string Name, string Columns)> Indexes = [("audit_target", "target, id"), ("audit_who", "who, id"), ("audit_action", "action, id")];

    // An invalid one is left by a build that was interrupted.
    private const string IsBuilt =
        """
        SELECT 1 FROM pg_index x JOIN pg_class n ON n.oid = x.indexrelid WHERE x.indrelid = $1::regclass AND x.indisvalid AND n.relname = $2
        """;

    public async Task BuildAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, columns) in Indexes)
        {
            await BuildAsync(name, columns, cancellationToken);
        }
    }

    private async Task BuildAsync(string name, string columns, CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand(IsBuilt, connection);
        find.Parameters.Add(TypedParameter.Parameter(names.In("messaging.audit")));
        find.Parameters.Add(TypedParameter.Parameter(names.Prefix + name));
        if (await find.ExecuteScalarAsync(cancellationToken) is not null)
        {
            return;
        }

        LogBuilding(name);
        await connection.BuildIndexAsync(names, name, $"messaging.audit ({columns})", cancellationToken);
    }

    [LoggerMessage(
        EventId = 1815, EventName = "AuditIndexBuilding", Level = LogLevel.Information,
        Message = "Building the index {Index} of the audit; nobody waits for it")]
    private partial void LogBuilding(string index);
}
