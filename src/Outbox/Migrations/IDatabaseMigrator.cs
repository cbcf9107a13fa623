using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Messaging.Outbox.Migrations;

/// <summary>
/// Migrates the database schema. Scripts are embedded resources below a folder <c>Scripts/Postgres</c> or <c>Scripts/Sqlite</c>;
/// each runs once, ordered by name, in its own transaction.
/// </summary>
public interface IDatabaseMigrator
{
    /// <summary>
    /// Runs the library's scripts, then those of the given assemblies, which are recorded in <c>schema_versions</c> of the schema
    /// <c>public</c>. Several processes may call it at once: one migrates, and the others wait for it, at most an hour.
    /// </summary>
    /// <exception cref="MigrationException">
    /// A script failed, with its name; the database is unavailable; or an unrelated table has a name that the outbox needs, in
    /// which case nothing is changed.
    /// </exception>
    Task MigrateAsync(ILogger logger, CancellationToken cancellationToken, params IReadOnlyList<Assembly> assemblies);
}

/// <summary>The schema could not be migrated.</summary>
public sealed class MigrationException(string message, Exception? innerException) : Exception(message, innerException);
