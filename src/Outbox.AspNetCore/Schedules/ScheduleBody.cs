using System.Text.Json;

namespace Messaging.Outbox.AspNetCore.Schedules;

/// <summary>The body of <c>PUT /schedules/{name}</c>, as OpenAPI shows it.</summary>
/// <param name="Cron">Minute, hour, day of month, month, day of week; with six fields the second before them.</param>
/// <param name="Type">The name of the message's type, one of <c>GET /tasks/types</c>.</param>
/// <param name="Message">The message, the same for every run.</param>
/// <param name="TimeZone">The IANA time zone that it is meant in. Default UTC.</param>
/// <param name="Misfire">
/// What becomes of due times that no process ran in time: one run for all of them (<c>fire_once</c>, the default), none
/// (<c>skip</c>), or one for each (<c>fire_all</c>).
/// </param>
/// <param name="Kind">What its tasks are called where they are shown. Default: the name of the type.</param>
/// <param name="Paused">Whether it is paused. Default: as it was, and a new one is not.</param>
internal sealed record ScheduleBody(
    string Cron, string Type, JsonElement Message, string? TimeZone = null, MisfirePolicy? Misfire = null, string? Kind = null, bool? Paused = null);

/// <summary>Some schedules.</summary>
/// <param name="Items">In the order of their names.</param>
/// <param name="Next">What to give as <c>after</c> to read on; null at the end.</param>
internal sealed record SchedulePage(IReadOnlyList<ScheduleRecord> Items, string? Next);
