namespace Messaging.Api.Tests.Docs;

/// <summary>Fails with all that is wrong, each in a line.</summary>
internal static class Every
{
    public static void IsRight(IEnumerable<string> wrong)
    {
        var lines = string.Join('\n', wrong);
        Assert.True(lines.Length == 0, lines);
    }
}
