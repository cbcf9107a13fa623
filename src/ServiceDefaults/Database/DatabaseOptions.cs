using System.ComponentModel.DataAnnotations;
using Messaging.Outbox;
using Npgsql;

namespace Messaging.ServiceDefaults.Database;

/// <summary>Where PostgreSQL is; section <c>Database</c>. There is no default password.</summary>
public sealed class DatabaseOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Database";

    /// <summary>
    /// One host, or several with commas between, each with a port of its own if it has one: <c>db1,db2:5433</c>. Of several the one that can be
    /// written is taken. Default <c>localhost</c>.
    /// </summary>
    [Required]
    public string Host { get; set; } = "localhost";

    /// <summary>Default 5432.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 5432;

    /// <summary>The database. Default <c>messaging</c>.</summary>
    [Required]
    public string Name { get; set; } = "messaging";

    /// <summary>Default <c>messaging</c>.</summary>
    [Required]
    public string Username { get; set; } = "messaging";

    /// <summary>Required.</summary>
    [Required(ErrorMessage = "Database:Password is not set (environment: Database__Password).")]
    public string? Password { get; set; }

    /// <summary>Connections a process may hold. Default 50.</summary>
    [Range(4, 1_000)]
    public int MaxPoolSize { get; set; } = 50;

    /// <summary>How the server's certificate is treated: <c>Disable</c>, <c>Prefer</c>, <c>Require</c>, <c>VerifyFull</c>, … Default <c>Prefer</c>.</summary>
    public SslMode SslMode { get; set; } = SslMode.Prefer;

    /// <summary>
    /// Which of several hosts is taken: <c>any</c>, <c>primary</c>, <c>standby</c>, <c>prefer-primary</c>, <c>prefer-standby</c>,
    /// <c>read-write</c> or <c>read-only</c>. Default <c>read-write</c> for several, and no question for one.
    /// </summary>
    [RegularExpression("any|primary|standby|prefer-primary|prefer-standby|read-write|read-only")]
    public string? TargetSessionAttributes { get; set; }

    /// <summary><c>Transaction</c> where PgBouncer, or another pooler, gives each transaction another session. Default <c>None</c>.</summary>
    public PostgresPooler Pooler { get; set; }

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
            failure = new ValidationResult("Database: these settings make no connection string that Npgsql takes.");
        }

        if (failure is not null)
        {
            yield return failure;
        }
    }

    /// <summary>Built, not pasted together: a password may contain anything.</summary>
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
