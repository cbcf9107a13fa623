using System.Globalization;
using Messaging.Browser.Tests.Hosts;

namespace Messaging.Browser.Tests.Look;

/// <summary>Every page of the dashboard, with something to see on it.</summary>
internal static class Sights
{
    private const string Schedule = "invoice-reminders";

    /// <summary>Makes what the pages show, and says where they are: a name for each, its address, and a selector of what is there once it is drawn.</summary>
    public static async Task<IReadOnlyList<(string Name, string Address, string Drawn)>> PrepareAsync(Seed seed)
    {
        await seed.SucceededAsync();
        await seed.CancelledAsync();
        var (failed, _) = await seed.BlockedAsync();
        var (_, waiting) = await seed.WaitingAsync();
        await seed.ScheduleAsync(Schedule, "30 2 * * 1-5");
        await seed.PostAsync($"/schedules/{Schedule}/run");
        var letter = (await seed.GetAsync(string.Create(CultureInfo.InvariantCulture, $"/dead-letters?taskId={failed}"))).GetProperty("items")[0];
        return
        [
            ("overview", "", ".table tbody tr:not(.is-loading)"),
            ("tasks", "tasks", ".table tbody tr:not(.is-loading)"),
            ("task", $"tasks/{failed}", "ob-timeline li"),
            ("task-waiting", $"tasks/{waiting}", "ob-graph svg"),
            ("dead-letters", "dead-letters", ".group-count"),
            ("dead-letter-group", $"dead-letter-groups/{letter.GetProperty("groupId").GetGuid()}", ".table tbody tr:not(.is-loading)"),
            ("dead-letter", $"dead-letters/{letter.GetProperty("id").GetGuid()}", "ob-json .json"),
            ("queues", "queues", ".table tbody tr:not(.is-loading)"),
            ("queue", "queues/user-registered", ".tile"),
            ("workers", "workers", ".table tbody tr:not(.is-loading)"),
            ("schedules", "schedules", ".table tbody tr:not(.is-loading)"),
            ("schedule", $"schedules/{Schedule}", ".due li"),
            ("audit", "audit", ".table tbody tr:not(.is-loading)"),
        ];
    }
}
