namespace Messaging.Outbox.Rows;

/// <summary>What this process is called where attempts and consumers are shown.</summary>
internal static class WorkerName
{
    public static string Value { get; } = $"{Environment.MachineName}:{Environment.ProcessId}";
}
