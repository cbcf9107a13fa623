using Messaging.Outbox.Tasks;

namespace Messaging.Outbox.Schedules;

internal sealed record DeclaredSchedule(ScheduleDefinition Definition)
{
    /// <exception cref="OutboxConfigurationException">The definition is invalid.</exception>
    public void ThrowIfWrong(TaskTypes types, DateTimeOffset now)
    {
        foreach (var (field, problem) in new ScheduleCheck(types, now).Run(Definition))
        {
            throw new OutboxConfigurationException($"The schedule {Definition.Name} that the code declares: {field} {problem}");
        }
    }
}
