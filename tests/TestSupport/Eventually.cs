using Xunit;

namespace Messaging.TestSupport;

/// <summary>
/// Waits for something that other threads or processes bring about: looks again and again until a deadline. It is generous, because only a test that
/// fails waits for it, and a machine that builds at the same time takes several times as long.
/// </summary>
public static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    public static async Task<T> Get<T>(Func<Task<T?>> look, string what)
        where T : class
    {
        T? found = null;
        await True(async () => (found = await look()) is not null, what);
        return found!;
    }

    public static Task True(Func<bool> holds, string what) => True(() => Task.FromResult(holds()), what);

    public static Task True(Func<Task<bool>> holds, string what) => True(holds, () => what);

    /// <param name="holds">Whether it has happened.</param>
    /// <param name="what">What should have happened, as it is known in the end.</param>
    public static async Task True(Func<Task<bool>> holds, Func<string> what)
    {
        var end = DateTime.UtcNow + Deadline;
        while (!await holds())
        {
            if (DateTime.UtcNow > end)
            {
                Assert.Fail($"Within {Deadline.TotalSeconds} s it did not happen that {what()}.");
            }

            await Task.Delay(20);
        }
    }
}
