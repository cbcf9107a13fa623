namespace Messaging.Outbox.Rows;

/// <summary>The name of this process, which attempts and consumers show.</summary>
internal static class WorkerName
{
    public static string Value { get; } = $"{Environment.MachineName}:{Environment.ProcessId}";
}
