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

        CheckTimes(definition);
        if (!types.ContainsFor(definition.Name, definition.Type))
        {
            _errors["type"] = "must be one of the task types.";
        }
        else if (!types.TryReadFor(definition.Name, definition.Type, definition.Message, out _, out var error))
        {
            _errors["message"] = error;
        }

        return _errors;
    }

    private void CheckTimes(ScheduleDefinition definition)
    {
        var zone = CronTimes.FindZone(definition.TimeZone);
        if (zone is null)
        {
            _errors["timeZone"] = "must be an IANA time zone that this system knows, such as Europe/Berlin.";
        }

        if (definition.Cron.Length > MaxCron)
        {
            _errors["cron"] = $"must not be longer than {MaxCron} characters.";
        }
        else if (CronTimes.Parse(definition.Cron, out var error) is null)
        {
            _errors["cron"] = error!;
        }
        else if (CronTimes.Of(definition.Cron, zone ?? TimeZoneInfo.Utc).After(now) is null)
        {
            _errors["cron"] = "never fires.";
        }
    }
}
