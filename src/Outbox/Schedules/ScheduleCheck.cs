using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.Schedules;

/// <summary>Validates a schedule's definition.</summary>
internal sealed class ScheduleCheck(TaskTypes types, DateTimeOffset now)
{
    private const int MaxName = 100, MaxCron = 200, MaxKind = 100;
    private readonly Dictionary<string, string> _errors = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Run(ScheduleDefinition definition)
    {
        if (definition.Name.Length is 0 or > MaxName
            || definition.Name.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('.' or '_' or '-')))
        {
            _errors["name"] = $"must be 1 to {MaxName} of a-z, 0-9, '.', '_' and '-'.";
        }

        if (definition.Kind is { } kind && (kind.Length is 0 or > MaxKind || kind.Any(char.IsControl)))
        {
            _errors["kind"] = $"must be 1 to {MaxKind} characters without control characters.";
        }

        if (!Enum.IsDefined(definition.Misfire))
        {
            _errors["misfire"] = "must be fire_once, skip or fire_all.";
        }

        foreach (var (field, error) in Times(definition.Cron, definition.TimeZone, now))
        {
            _errors[field] = error;
        }

        if (!types.ContainsFor(definition.Name, definition.Type))
        {
            _errors["type"] = "must be one of the task types.";
        }
        else if (!types.TryReadFor(definition.Name, definition.Type, definition.Message, out _, out var problem))
        {
            _errors["message"] = problem;
        }

        return _errors;
    }

    /// <summary>What is wrong with an expression or its time zone, by the name of the field.</summary>
    public static IReadOnlyDictionary<string, string> Times(string cron, string timeZone, DateTimeOffset now)
    {
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        var zone = CronTimes.FindZone(timeZone);
        if (zone is null)
        {
            errors["timeZone"] = "must be an IANA time zone that this system knows, such as Europe/Berlin.";
        }

        if (cron.Length > MaxCron)
        {
            errors["cron"] = $"must not be longer than {MaxCron} characters.";
        }
        else if (CronTimes.Parse(cron, out var error) is null)
        {
            errors["cron"] = error!;
        }
        else if (CronTimes.Of(cron, zone ?? TimeZoneInfo.Utc).After(now) is null)
        {
            errors["cron"] = "never fires.";
        }

        return errors;
    }
}
