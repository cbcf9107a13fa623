using System.ComponentModel.DataAnnotations;

namespace Messaging.Outbox.RabbitMq;

/// <summary>Where RabbitMQ is; section <c>RabbitMq</c>. There is no default password.</summary>
public sealed class RabbitMqOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "RabbitMq";

    /// <summary>
    /// The nodes, with commas between: <c>rabbit-1,rabbit-2:5673,[::1]:5672</c>. All addresses of a name count. A connection goes to any of them, and to
    /// another when it breaks. The first is in the addresses of messages. Default <c>localhost</c>.
    /// </summary>
    [Required]
    public string Host { get; set; } = "localhost";

    /// <summary>The port of a host that names none. Default 5672; 5671 is usual with TLS.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 5672;

    /// <summary>Default <c>/</c>.</summary>
    [Required]
    public string VirtualHost { get; set; } = "/";

    /// <summary>Default <c>messaging</c>.</summary>
    [Required]
    public string Username { get; set; } = "messaging";

    /// <summary>Required.</summary>
    [Required(ErrorMessage = "RabbitMq:Password is not set (environment: RabbitMq__Password; or a file of that name in /run/secrets).")]
    public string? Password { get; set; }

    /// <summary>
    /// A node that sends nothing for so long is given up for another; it sends something at least every half of that. Default 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:05:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The broker's <c>consumer_timeout</c>: how long it waits for an acknowledgement. A queue whose policy may need longer is declared with a timeout of
    /// its own; RabbitMQ before 3.12 knows none, and its endpoint is then refused. Default 30 min, as the broker's.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan ConsumerTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Encrypts the connection; the certificate has to be valid and to bear the host's name. Default false.</summary>
    public bool UseTls { get; set; }

    /// <summary>
    /// How often a quorum queue delivers a message without an outcome before it dead-letters it to the error queue. The
    /// worker gives such a message up earlier (<c>MaxUnfinishedDeliveries</c>), so that its task says so. Default 20.
    /// </summary>
    [Range(2, 10_000)]
    public int DeliveryLimit { get; set; } = 20;

    /// <inheritdoc />
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        ValidationResult? failure = null;
        try
        {
            ParseHosts();
        }
        catch (FormatException exception)
        {
            failure = new ValidationResult(exception.Message, [nameof(Host)]);
        }

        return failure is null ? [] : [failure];
    }

    internal IReadOnlyList<RabbitMqHost> ParseHosts() => RabbitMqHost.ParseAll(Host, Port);
}
