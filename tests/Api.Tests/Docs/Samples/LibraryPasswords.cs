using Messaging.Outbox;

namespace UserOfTheLibrary;

/// <summary>What the page about the library says of a password that changes.</summary>
internal static class LibraryPasswords
{
    public static void Use(OutboxBuilder o, string connectionString) =>
        o.UsePostgreSql(connectionString, configure: source => source.UsePasswordProvider(
            _ => throw new NotSupportedException(), async (_, token) => await GetTokenAsync(token)));

    private static Task<string> GetTokenAsync(CancellationToken cancellationToken) => Task.FromResult(cancellationToken.IsCancellationRequested ? "" : "a token");
}
