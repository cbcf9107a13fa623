namespace Messaging.Architecture.Tests.Folders;

/// <summary>What is wrong still, a line each: "Outbox: Queues -> Inbox". The list only gets shorter.</summary>
internal static class KnownArrows
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "KnownArrows.txt"));

    public static IReadOnlyList<string> Starting(string prefix) => [.. Lines.Where(line => line.StartsWith(prefix, StringComparison.Ordinal))];

    public static void AreAll(string prefix, IEnumerable<string> wrong)
    {
        var differences = wrong.Except(Starting(prefix)).Select(line => $"new in KnownArrows.txt: {line}")
            .Concat(Starting(prefix).Except(wrong).Select(line => $"no longer wrong, delete it from KnownArrows.txt: {line}"));

        Assert.True(!differences.Any(), string.Join('\n', differences));
    }
}
