namespace Messaging.Api.Tests.Logs;

/// <summary>A process with five entries in its log, one a day.</summary>
public sealed class LogEntries : SharedApi, IAsyncLifetime
{
    public async ValueTask InitializeAsync()
    {
        using var client = Api.CreateClient();
        await Api.AddEntryAsync(1, 2, "order placed", """{"order":"42","route":"/orders"}""");
        await Api.AddEntryAsync(2, 3, "ORDER late", """{"order":"421"}""");
        await Api.AddEntryAsync(3, 4, "order 100% lost", """{"order":"42"}""");
        await Api.AddEntryAsync(4, 1, "said \"order\":\"42\"", """{"note":"\u0022order\u0022:\u002242\u0022"}""");
        await Api.AddEntryAsync(5, 2, "Grüße", """{"to":"Z\u00FCrich","Order":"42","empty":""}""");
    }
}
