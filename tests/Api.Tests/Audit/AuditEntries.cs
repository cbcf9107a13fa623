namespace Messaging.Api.Tests.Audit;

/// <summary>A process with five audit entries.</summary>
public sealed class AuditEntries : SharedApi, IAsyncLifetime
{
    public async ValueTask InitializeAsync()
    {
        using var client = Api.CreateClient();
        var first = DateTimeOffset.UtcNow.AddDays(-10); // recent ones: old ones are deleted
        for (var i = 1; i <= 5; i++)
        {
            var at = first.AddDays(i);
            await Api.ExecuteAsync(
                $"""
                INSERT INTO audit (id, at, who, action, target, from_state, details)
                VALUES ('{Guid.CreateVersion7(at).ToString().ToUpperInvariant()}', {at.ToUnixTimeMilliseconds()}, '{(i < 3 ? "ann" : "bob")}', 'task.{(i % 2 == 0 ? "cancel" : "redrive")}', '{i}', 'Failed', NULL)
                """);
        }
    }
}
