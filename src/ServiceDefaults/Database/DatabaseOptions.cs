using System.ComponentModel.DataAnnotations;
using Messaging.Outbox;
using Npgsql;

namespace Messaging.ServiceDefaults.Database;

/// <summary>Settings of the PostgreSQL connection; section <c>Database</c>. There is no default password.</summary>
public sealed class DatabaseOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Database";

    private const string TableName = "^(?!pg_|information_schema$)[a-z_][a-z0-9_]{0,30}$";

    /// <summary>
    /// One host, or several separated by commas, each with an optional port: <c>db1,db2:5433</c>. With several hosts the one that
    /// accepts writes is used. Default <c>localhost</c>.
    /// </summary>
    [Required]
    public string Host { get; set; } = "localhost";

    /// <summary>The port. Default 5432.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 5432;

    /// <summary>The name of the database. Default <c>messaging</c>.</summary>
    [Required]
    public string Name { get; set; } = "messaging";

    /// <summary>The user name. Default <c>messaging</c>.</summary>
    [Required]
    public string Username { get; set; } = "messaging";

    /// <summary>The password. Required.</summary>
    [Required(ErrorMessage = "Database:Password is not set (environment: Database__Password; or a file of that name in /run/secrets).")]
    public string? Password { get; set; }

    /// <summary>The maximum number of connections of a process. Default 50.</summary>
    [Range(4, 1_000)]
    public int MaxPoolSize { get; set; } = 50;

    /// <summary>How TLS is used: <c>Disable</c>, <c>Prefer</c>, <c>Require</c>, <c>VerifyFull</c>, … Default <c>Prefer</c>.</summary>
    public SslMode SslMode { get; set; } = SslMode.Prefer;

    /// <summary>
    /// Which of several hosts is used: <c>any</c>, <c>primary</c>, <c>standby</c>, <c>prefer-primary</c>, <c>prefer-standby</c>,
    /// <c>read-write</c> or <c>read-only</c>. Default <c>read-write</c> for several hosts; a single host is not checked.
    /// </summary>
    [RegularExpression("any|primary|standby|prefer-primary|prefer-standby|read-write|read-only")]
    public string? TargetSessionAttributes { get; set; }

    /// <summary>
    /// Set to <c>Transaction</c> if PgBouncer or another pooler assigns each transaction another session. Default <c>None</c>.
    /// </summary>
    public PostgresPooler Pooler { get; set; }

    /// <summary>
    /// The schema of the outbox's tables, which the migration creates: up to 31 characters of <c>a</c> to <c>z</c>, <c>0</c> to
    /// <c>9</c> and <c>_</c>, and not a name that PostgreSQL reserves. The tables of the use cases are in <c>public</c>. Default
    /// <c>messaging</c>.
    /// </summary>
    [Required]
    [RegularExpression(TableName, ErrorMessage = "Database:Schema must be up to 31 characters of a to z, 0 to 9 and _, must not start with a digit or pg_, and must not be information_schema.")]
    public string Schema { get; set; } = "messaging";

    /// <summary>The prefix of the names of the outbox's tables, of the same characters. Default: none.</summary>
    [RegularExpression(TableName, ErrorMessage = "Database:TablePrefix must be up to 31 characters of a to z, 0 to 9 and _, and must not start with a digit or pg_.")]
    public string TablePrefix { get; set; } = "";

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        ValidationResult? failure = null;
        try
        {
            ToConnectionString(nameof(Messaging));
        }
        catch (ArgumentException)
        {
            failure = new ValidationResult("Database: Npgsql does not accept the connection string that these settings make.");
        }

        if (failure is not null)
        {
            yield return failure;
        }
    }

    /// <summary>Uses the connection string builder, because a password can contain any character.</summary>
    public string ToConnectionString(string applicationName)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = Host,
            Port = Port,
            Database = Name,
            Username = Username,
            Password = Password,
            MaxPoolSize = MaxPoolSize,
            SslMode = SslMode,
            ApplicationName = applicationName,
        };
        if (TargetSessionAttributes is not null)
        {
            settings.TargetSessionAttributes = TargetSessionAttributes;
        }

        return settings.ConnectionString;
    }
}
