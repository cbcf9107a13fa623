namespace Messaging.Architecture.Tests;

/// <summary>The projects of src, and which of the others each may use.</summary>
internal static class Rooms
{
    private const string Core = "Outbox";

    public static readonly IReadOnlyDictionary<string, string[]> MayUse = new Dictionary<string, string[]>
    {
        ["Outbox"] = [],
        ["Outbox.PostgreSql"] = [Core],
        ["Outbox.Sqlite"] = [Core],
        ["Outbox.MassTransit"] = [Core],
        ["Outbox.RabbitMq"] = [Core, "Outbox.MassTransit"],
        ["Outbox.AspNetCore"] = [Core],
        ["Outbox.Dashboard"] = [Core, "Outbox.AspNetCore"],
        ["Contracts"] = [Core],
        ["ServiceDefaults"] = ["Contracts", Core, "Outbox.PostgreSql", "Outbox.Sqlite", "Outbox.MassTransit", "Outbox.RabbitMq", "Outbox.AspNetCore"],
        ["Api"] = ["Contracts", "ServiceDefaults", Core, "Outbox.MassTransit", "Outbox.AspNetCore", "Outbox.Dashboard"],
        ["Worker"] = ["Contracts", "ServiceDefaults", Core, "Outbox.MassTransit", "Outbox.AspNetCore"],
        ["Standalone"] = ["Contracts", "ServiceDefaults", "Api", "Worker", Core, "Outbox.AspNetCore", "Outbox.Dashboard"],
    };

    public static IReadOnlyList<string> Built =>
        [.. Directory.GetFiles(AppContext.BaseDirectory, "Messaging.*.dll")
            .Select(path => Path.GetFileNameWithoutExtension(path)["Messaging.".Length..])
            .Where(project => project != "Architecture.Tests")
            .Order(StringComparer.Ordinal)];

    /// <summary>What only these may know: all others reach it through them. The service has consumers, and a database's settings.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> OnlyIn = new Dictionary<string, string[]>
    {
        ["MassTransit"] = ["Outbox.MassTransit", "Outbox.RabbitMq", "ServiceDefaults", "Api", "Worker", "Standalone"],
        ["RabbitMQ.Client"] = ["Outbox.RabbitMq"],
        ["Npgsql"] = ["Outbox.PostgreSql", "ServiceDefaults"],
        ["Microsoft.Data.Sqlite"] = ["Outbox.Sqlite"],
        ["SQLitePCLRaw"] = ["Outbox.Sqlite"],
        ["Hangfire"] = [], // LGPL-3.0: bench measures beside it
        ["Scalar.AspNetCore"] = ["ServiceDefaults"],
        ["Microsoft.AspNetCore"] = ["Outbox.AspNetCore", "Outbox.Dashboard", "ServiceDefaults", "Api", "Worker", "Standalone"],
    };
}
