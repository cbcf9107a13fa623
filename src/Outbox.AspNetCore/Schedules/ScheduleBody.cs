using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Messaging.Outbox.AspNetCore.Schedules;

/// <summary>A schedule.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed class ScheduleBody
{
    /// <summary>Minute, hour, day of month, month, day of week; with six fields, the first is the second.</summary>
    [Required, Text(200)]
    public string? Cron { get; init; }

    /// <summary>The IANA time zone of the expression. Default UTC.</summary>
    [Text(64)]
    public string? TimeZone { get; init; }

    /// <summary>
    /// What happens to due times that were missed because no process ran: one run for all of them (<c>fire_once</c>, default),
    /// none (<c>skip</c>), or one for each (<c>fire_all</c>).
    /// </summary>
    public MisfirePolicy? Misfire { get; init; }

    /// <summary>The name of the message type, one of <c>GET /task-types</c>.</summary>
    [Required, Text(100)]
    public string? Type { get; init; }

    /// <summary>The message, the same for every run.</summary>
    [Required, JsonConverter(typeof(StorableJson))]
    public JsonElement? Message { get; init; }

    /// <summary>The kind of its tasks. Default: the name of the type.</summary>
    [Text(100)]
    public string? Kind { get; init; }

    /// <summary>Whether it is paused. Default: unchanged; a new one is not paused.</summary>
    public bool? Paused { get; init; }

    public ScheduleDefinition ToDefinition(string name) => new()
    {
        Name = name,
        Cron = Cron!,
        TimeZone = TimeZone ?? "UTC",
        Misfire = Misfire ?? MisfirePolicy.FireOnce,
        Type = Type!,
        Message = Message!.Value,
        Kind = Kind,
    };
}
