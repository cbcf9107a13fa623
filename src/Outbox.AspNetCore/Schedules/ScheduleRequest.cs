using System.Text.Json;
using Messaging.Outbox.AspNetCore.Http;

namespace Messaging.Outbox.AspNetCore.Schedules;

/// <summary>Reads and checks the body of <c>PUT /schedules/{name}</c>.</summary>
internal static class ScheduleRequest
{
    public static readonly string[] Names = ["cron", "timeZone", "misfire", "type", "message", "kind", "paused"];

    private static readonly JsonSerializerOptions Json = new()
    {
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false) },
    };

    /// <returns>Null when a field is wrong; the fields know which and why.</returns>
    public static ScheduleDefinition? From(string name, JsonFields fields, TaskSchedules schedules)
    {
        var cron = fields.Text("cron", 200, required: true);
        var type = fields.Text("type", 100, required: true);
        var message = fields.Any("message");
        if (message is null)
        {
            fields.Error("message", "is required.");
        }

        var definition = new ScheduleDefinition
        {
            Name = name,
            Cron = cron ?? string.Empty,
            TimeZone = fields.Text("timeZone", 64) ?? "UTC",
            Misfire = Misfire(fields),
            Type = type ?? string.Empty,
            Message = message ?? default,
            Kind = fields.Text("kind", 100),
        };
        foreach (var (field, problem) in schedules.Check(definition).Where(e => !fields.Errors.ContainsKey(e.Key)))
        {
            fields.Error(field, problem);
        }

        return fields.Errors.Count == 0 ? definition : null;
    }

    private static MisfirePolicy Misfire(JsonFields fields)
    {
        try
        {
            return fields.Any("misfire")?.Deserialize<MisfirePolicy>(Json) ?? MisfirePolicy.FireOnce;
        }
        catch (JsonException)
        {
            fields.Error("misfire", "must be fire_once, skip or fire_all.");
            return default;
        }
    }
}
