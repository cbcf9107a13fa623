namespace Messaging.Processes;

/// <summary>Where the programs find their servers, all on loopback, as the environment says it to them.</summary>
public sealed record ServerSettings
{
    /// <summary>One or several, separated by commas.</summary>
    public string DatabaseHost { get; init; } = "127.0.0.1";

    public required int DatabasePort { get; init; }

    public string Database { get; init; } = "postgres";

    public string DatabaseUser { get; init; } = "messaging";

    public string DatabasePassword { get; init; } = "none";

    /// <summary>One or several, separated by commas.</summary>
    public string BrokerHost { get; init; } = "127.0.0.1";

    public required int BrokerPort { get; init; }

    public string VirtualHost { get; init; } = "/";

    public string BrokerUser { get; init; } = "guest";

    public string BrokerPassword { get; init; } = "guest";

    public required int MailPort { get; init; }

    public required string FilesFolder { get; init; }

    /// <summary>With limits for a load from one address.</summary>
    public Dictionary<string, string> ToEnvironment() => new(WideLimits.Environment)
    {
        ["Database__Host"] = DatabaseHost,
        ["Database__Port"] = $"{DatabasePort}",
        ["Database__Name"] = Database,
        ["Database__Username"] = DatabaseUser,
        ["Database__Password"] = DatabasePassword,
        ["RabbitMq__Host"] = BrokerHost,
        ["RabbitMq__Port"] = $"{BrokerPort}",
        ["RabbitMq__VirtualHost"] = VirtualHost,
        ["RabbitMq__Username"] = BrokerUser,
        ["RabbitMq__Password"] = BrokerPassword,
        ["Mail__Host"] = "127.0.0.1",
        ["Mail__Port"] = $"{MailPort}",
        ["Mail__Security"] = "None",
        ["Files__Folder"] = FilesFolder,
    };
}
