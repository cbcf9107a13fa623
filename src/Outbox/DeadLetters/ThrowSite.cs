namespace Messaging.Outbox.DeadLetters;

/// <summary>The method that threw: the innermost frame that belongs neither to the runtime nor to the pipeline.</summary>
internal static class ThrowSite
{
    private static readonly string[] LibraryPrefixes = ["System.", "Microsoft.", "MassTransit.", "Messaging.Outbox.", "Polly.", "Npgsql."];

    public static string? Of(string? stackTrace)
    {
        var methods = (stackTrace ?? string.Empty).Split('\n')
            .Select(line => line.Trim())
            .Where(line => line.StartsWith("at ", StringComparison.Ordinal))
            .Select(line => line[3..].Split('(')[0])
            .ToList();
        return methods.Find(m => !LibraryPrefixes.Any(prefix => m.StartsWith(prefix, StringComparison.Ordinal))) ?? methods.FirstOrDefault();
    }
}
