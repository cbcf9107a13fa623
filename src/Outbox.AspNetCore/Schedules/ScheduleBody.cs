using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Messaging.Outbox.AspNetCore.Schedules;

/// <summary>A schedule.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed class ScheduleBody
{
    /// <summary>Minute, hour, day of month, month, day of week; with six fields the second before them.</summary>
    [Required, Text(200)]
    public string? Cron { get; init; }

    /// <summary>The IANA time zone that it is meant in. Default UTC.</summary>
    [Text(64)]
    public string? TimeZone { get; init; }

    /// <summary>
    /// What becomes of due times that no process ran in time: one run for all of them (<c>fire_once</c>, the default), none (<c>skip</c>), or one for
    /// each (<c>fire_all</c>).
    /// </summary>
    public MisfirePolicy? Misfire { get; init; }

    /// <summary>The name of the message's type, one of <c>GET /tasks/types</c>.</summary>
    [Required, Text(100)]
    public string? Type { get; init; }

    /// <summary>The message, the same for every run.</summary>
    [Required, JsonConverter(typeof(StorableJson))]
    public JsonElement? Message { get; init; }

    /// <summary>What its tasks are called where they are shown. Default: the name of the type.</summary>
    [Text(100)]
    public string? Kind { get; init; }

    /// <summary>Whether it is paused. Default: as it was, and a new one is not.</summary>
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
