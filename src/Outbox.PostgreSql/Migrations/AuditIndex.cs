using Messaging.Outbox.PostgreSql.Connections;
using Messaging.Outbox.Store;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Messaging.Outbox.PostgreSql.Migrations;

/// <summary>Builds the index that finds what was done to a target of the audit. The audit may hold a year of entries, so whoever writes goes on meanwhile.</summary>
internal sealed partial class AuditIndex(NpgsqlConnection connection, TableNames names, ILogger logger)
{
    private const string Name = "audit_target";

    // An invalid one is left by a build that was interrupted.
    private const string IsBuilt =
        """
        SELECT 1 FROM pg_index x JOIN pg_class n ON n.oid = x.indexrelid WHERE x.indrelid = $1::regclass AND x.indisvalid AND n.relname = $2
        """;

    public async Task BuildAsync(CancellationToken cancellationToken)
    {
        await using var find = new NpgsqlCommand(IsBuilt, connection);
        find.Parameters.Add(TypedParameter.Parameter(names.In("messaging.audit")));
        find.Parameters.Add(TypedParameter.Parameter(names.Prefix + Name));
        if (await find.ExecuteScalarAsync(cancellationToken) is not null)
        {
            return;
        }

        LogBuilding();
        await connection.BuildIndexAsync(names, Name, "messaging.audit (target, id)", cancellationToken);
    }

    [LoggerMessage(
        EventId = 1815, EventName = "AuditIndexBuilding", Level = LogLevel.Information,
        Message = "Building the index of targets of the audit; nobody waits for it")]
    private partial void LogBuilding();
}
