using Npgsql;

namespace Messaging.Outbox.PostgreSql.Connections;

/// <summary>
/// A batch that has no span of Npgsql's, since one of the library's shows it. Npgsql writes the statements of a batch into one text: of a group of a hundred units that is
/// tens of kilobytes for each commit, kept until the next export (docs/decisions/0043).
/// </summary>
internal sealed class UntracedBatch(NpgsqlConnection connection, NpgsqlTransaction? transaction) : NpgsqlBatch(connection, transaction);
