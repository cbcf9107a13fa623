using System.ComponentModel.DataAnnotations;

namespace Messaging.Outbox.RabbitMq;

/// <summary>Settings of the RabbitMQ connection; section <c>RabbitMq</c>. There is no default password.</summary>
public sealed class RabbitMqOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "RabbitMq";

    /// <summary>
    /// The nodes, separated by commas: <c>rabbit-1,rabbit-2:5673,[::1]:5672</c>. All addresses of a name are used. A connection
    /// uses any of them, and another one when it breaks. The first node appears in message addresses. Default <c>localhost</c>.
    /// </summary>
    [Required]
    public string Host { get; set; } = "localhost";

    /// <summary>The port of hosts without one. Default 5672; 5671 is usual with TLS.</summary>
    [Range(1, 65_535)]
    public int Port { get; set; } = 5672;

    /// <summary>The virtual host. Default <c>/</c>.</summary>
    [Required]
    public string VirtualHost { get; set; } = "/";

    /// <summary>The user name. Default <c>messaging</c>.</summary>
    [Required]
    public string Username { get; set; } = "messaging";

    /// <summary>The password. Required.</summary>
    [Required(ErrorMessage = "RabbitMq:Password is not set (environment: RabbitMq__Password; or a file of that name in /run/secrets).")]
    public string? Password { get; set; }

    /// <summary>
    /// The time without data from a node after which its connection is closed. The node sends heartbeats at half of this interval.
    /// Default 10 s.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:05:00")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The broker's <c>consumer_timeout</c>: the time after which it ends an unacknowledged delivery. A queue whose retry policy may
    /// take longer is declared with its own timeout. RabbitMQ before 3.12 does not support that: the endpoint then does not start.
    /// Default 30 min, as in the broker.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "365.00:00:00")]
    public TimeSpan ConsumerTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Whether the connection uses TLS; the certificate must be valid for the host's name. Default false.</summary>
    public bool UseTls { get; set; }

    /// <summary>
    /// The number of deliveries without an outcome after which a quorum queue moves a message to the error queue. The worker
    /// dead-letters such a message earlier (<c>MaxUnfinishedDeliveries</c>), so that its task shows the error. Default 20.
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
